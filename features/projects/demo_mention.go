package projects

import (
	"fmt"
	"strconv"

	"portal/app/demo"
)

// demoMentionEach is how many comments on tasks there are for one that names another task and somebody.
const demoMentionEach = 20

// nameOthers lets some comments name a task of their project and a person, and returns what keeps it. The rows have
// their ids.
func (f *filling) nameOthers(rows []Comment) []Mention {
	var all []Mention
	for i := 0; i < len(rows); i += demoMentionEach {
		c, who, place := &rows[i], f.People[i%len(f.People)], f.Comments[i].Task
		if place == demo.None || place == 0 || f.tasks[place-1].ProjectID != c.ProjectID {
			continue
		}
		target := &f.tasks[place-1]
		number := strconv.FormatInt(target.Number, 10)
		c.Text += fmt.Sprintf(" See #%s, and ask @%s.", number, who.Username)
		of := Mention{ProjectID: c.ProjectID, TaskID: c.TaskID, CommentID: &c.ID, CreatedAt: c.CreatedAt}
		task, person := of, of
		task.Word, task.TargetID = number, &target.ID
		person.Word, person.UserID = who.Username, f.person(i%len(f.People))
		all = append(all, task, person)
	}
	return all
}

package projects

import (
	"fmt"
	"strconv"
)

// demoMentionEach is how many comments on tasks there are for one that names another task and somebody.
const demoMentionEach = 20

// nameOthers lets some comments name a task of their project and a person, and returns what keeps it. The rows have
// their ids.
func (f *filling) nameOthers(rows []Comment) []Mention {
	first := map[int64]*Task{} // of each project
	for i := range f.tasks {
		if t := &f.tasks[i]; first[t.ProjectID] == nil && t.DeletedAt == nil {
			first[t.ProjectID] = t
		}
	}
	var all []Mention
	for i := 0; i < len(rows); i += demoMentionEach {
		c, who := &rows[i], f.People[i%len(f.People)]
		target := first[c.ProjectID]
		if c.TaskID == nil || target == nil || *c.TaskID == target.ID {
			continue
		}
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

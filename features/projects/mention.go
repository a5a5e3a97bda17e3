package projects

import (
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/markdown"
)

// Mention is a row of mentions: a person or a task that a text names.
type Mention struct {
	bun.BaseModel `bun:"table:mentions,alias:m"`
	ID            int64 `bun:",pk,autoincrement"`
	ProjectID     int64
	TaskID        *int64 // nil: the text is the project's own
	CommentID     *int64 // nil: the text is a description
	Word          string // as it was typed, without the @ or #
	UserID        *int64
	TargetID      *int64 // a task
	CreatedAt     time.Time
}

// source is where a text stands: a project's description, a task's, or a comment.
type source struct {
	project       int64
	task, comment *int64
}

// link is a mention as a page needs it: which word of which text leads where.
type link struct {
	Comment int64 // 0: of the description
	Word    string
	Person  int64
	Task    int64
}

// links are those of all texts of one page.
type links []link

// of is where a word of a text leads; the zero link when nobody knows.
func (l links) of(comment int64, word string) link {
	for _, one := range l {
		if one.Comment == comment && one.Word == word {
			return one
		}
	}
	return link{}
}

// tasks are the ids of all tasks that are named.
func (l links) tasks() []int64 {
	var all []int64
	for _, one := range l {
		if one.Task != 0 {
			add(&all, one.Task)
		}
	}
	return all
}

// backlink is a text that names a task: the description of a task or a project, or a comment there.
type backlink struct {
	Project int64
	Comment int64  // 0: a description
	Number  int64  // of the task; 0: the text is the project's own
	Name    string // of the task
	Open    bool
}

// maxMentions is how many mentions of one text are links; more than that is no text.
const maxMentions = 100

// mentionedIn are the mentions in a text, each word once.
func mentionedIn(text string) []markdown.Mention {
	if !strings.ContainsAny(text, "@#-") {
		return nil
	}
	return eachOnce(markdown.Mentions(markdown.HTML(text)))
}

// eachOnce are the mentions without repetitions, no more than are links.
func eachOnce(all []markdown.Mention) []markdown.Mention {
	seen := map[markdown.Mention]bool{}
	var some []markdown.Mention
	for _, m := range all {
		m.Text = ""
		if !seen[m] && len(some) < maxMentions {
			seen[m] = true
			some = append(some, m)
		}
	}
	return some
}

// taskWord is a task as a text names it: the project's key, empty for the text's own project, and the number.
func taskWord(word string) (key string, number int64) {
	key, digits, whole := strings.Cut(word, "-")
	if !whole {
		key, digits = "", word
	}
	number, _ = strconv.ParseInt(digits, 10, 64)
	return key, number
}

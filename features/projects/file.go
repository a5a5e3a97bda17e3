package projects

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/files"
)

// Attachment is a row of attachments: a file on a project, a task or a comment.
type Attachment struct {
	bun.BaseModel `bun:"table:attachments,alias:a"`
	ID            int64 `bun:",pk,autoincrement"`
	ProjectID     int64
	TaskID        *int64 // nil: of the project itself
	CommentID     *int64 // nil: of no comment
	Name          string
	NameKey       string
	Type          string // MIME, by its content
	Size          int64  // bytes
	SHA256        string `bun:"sha256"`
	Object        string // its key in the store of files
	Small         string // key of the small picture; empty for none
	Loose         bool   // sent for a text that is not saved yet: nobody but who sent it sees it
	CreatedBy     *int64
	Author        string // the name then
	DeletedAt     *time.Time
	Version       int64
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// attached is an attachment with what it hangs on.
type attached struct {
	Attachment    `bun:",extend"`
	TaskNumber    *int64
	TaskName      *string
	TaskAssignee  *int64
	TaskDeletedAt *time.Time
	SaidDeletedAt *time.Time // the comment's
}

// Path is where the file is read.
func (a Attachment) Path() string { return projectPath(a.ProjectID) + "/files/" + id(a.ID) }

// Picture reports whether browsers show the file itself: it is a picture of a kind that can do no harm, and was read as one.
func (a Attachment) Picture() bool { return a.Small != "" && files.IsPicture(a.Type) }

// Markdown is the text that shows the file in a description or a comment.
func (a Attachment) Markdown() string {
	name := strings.NewReplacer("[", "(", "]", ")", `\`, "").Replace(a.Name)
	if a.Picture() {
		return "![" + name + "](" + a.Path() + ")"
	}
	return "[" + name + "](" + a.Path() + ")"
}

// fill sets the columns that follow from others.
func (a *Attachment) fill() { a.NameKey = data.Cut(data.Fold(a.Name), 250) }

// hidden reports whether what the file hangs on lies in the trash.
func (a attached) hidden() bool { return a.TaskDeletedAt != nil || a.SaidDeletedAt != nil }

// mayFile reports whether the viewer may delete the file and bring it back: who sent it; of a comment's, administrators;
// of all others, the team, and whose task it is.
func (h heldProject) mayFile(v *auth.Viewer, a attached) bool {
	switch {
	case v.Admin(), v.Known() && data.OrZero(a.CreatedBy) == v.ID:
		return true
	case a.CommentID != nil:
		return false
	}
	return h.mayWork(v) || v.Known() && a.TaskAssignee != nil && *a.TaskAssignee == v.ID
}

// maySee reports whether the viewer, who knows of the project, may read the file: all do what is there, and who
// could bring it back reads what lies in the trash.
func (h heldProject) maySee(v *auth.Viewer, a attached) bool {
	switch {
	case a.Loose:
		return v.Known() && data.OrZero(a.CreatedBy) == v.ID
	case a.hidden():
		return h.mayWork(v)
	case a.DeletedAt != nil:
		return h.mayFile(v, a)
	}
	return true
}

// sizeText is a size as people read it.
func sizeText(bytes int64) string {
	switch {
	case bytes < 1000:
		return strconv.FormatInt(bytes, 10) + " B"
	case bytes < 1_000_000:
		return fmt.Sprintf("%.0f kB", float64(bytes)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}

// mostText is a bound as people read it.
func mostText(bytes int64) string { return strconv.FormatInt(bytes/1_000_000, 10) + " MB" }

// shownFile finds our files in a text.
var shownFile = regexp.MustCompile(`/projects/(\d+)/files/(\d+)\b`)

// filesIn are the ids of the project's files that a text shows.
func filesIn(project int64, text string) []int64 {
	var all []int64
	for _, m := range shownFile.FindAllStringSubmatch(text, 200) {
		if n, err := strconv.ParseInt(m[2], 10, 64); err == nil && m[1] == id(project) {
			all = append(all, n)
		}
	}
	return all
}

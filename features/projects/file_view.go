package projects

import (
	"strings"

	"portal/app/data"
	"portal/app/files"
	"portal/app/web"
	"portal/components"
)

// filesView is a project's files.
type filesView struct {
	headView
	f     fileFilter
	rows  data.Rows[attached]
	most  int64  // bytes of a file
	wrong string // what stood against an upload
}

func (v filesView) path() string { return v.Project.Path() + "/files" }

// mayAdd reports whether the viewer may attach files to the project itself.
func (v filesView) mayAdd() bool { return v.mayWork(v.me) && v.me.Can(addFile) }

// fileShows are the cuts of a project's files that have a name.
var fileShows = []components.Option{{Value: "", Label: "All files"}, {Value: "pictures", Label: "Pictures"}, {Value: "mine", Label: "Mine"}}

// link is the address of the files with another value for some of its parameters.
func (v filesView) link(pairs ...string) string { return web.Link(v.path(), v.f, pairs...) }

func (v filesView) pageLink(page, size int) string {
	return v.link("page", pageParameter(page), "size", sizeParameter(size))
}

func (v filesView) sort(key, label string) components.Sort {
	return components.SortBy(v.f.Sort, key, label, v.link)
}

// chips are the filters that are on.
func (v filesView) chips() []components.Chip {
	var all []components.Chip
	for _, s := range fileShows[1:] {
		if s.Value == v.f.Show {
			all = append(all, components.Chip{Label: s.Label, Without: v.link("show", "")})
		}
	}
	if v.f.Text != "" {
		all = append(all, components.Chip{Label: "“" + v.f.Text + "”", Without: v.link("q", "")})
	}
	return all
}

func (v filesView) empty() components.EmptyState {
	if len(v.chips()) > 0 {
		return components.EmptyState{Icon: "filter", Title: "No file fits", Text: "The filters above hide all files of this project.", Action: components.Link{Label: "Show all files", URL: v.path()}}
	}
	e := components.EmptyState{Icon: "paperclip", Title: "No files yet", Text: "Plans, pictures and logs that belong to the project, its tasks and its comments."}
	if v.mayAdd() {
		e.Text += " Choose some above, or drop them here."
	}
	return e
}

// where is what the file hangs on, in words and as an address.
func (v filesView) where(a attached) components.Link {
	l := components.Link{Label: "The project", URL: v.Project.Path() + "/about"}
	if a.TaskNumber != nil {
		l = components.Link{Label: *a.TaskName, URL: taskPath(v.Project.ID, *a.TaskNumber)}
	}
	if a.CommentID != nil {
		if a.TaskNumber == nil {
			l = components.Link{Label: "A comment on the project", URL: v.Project.Path() + "/comments"}
		} else {
			l.Label = "A comment on " + l.Label
		}
		l.URL += "#c" + id(*a.CommentID)
	}
	return l
}

// sender is who sent the file, by today's name if the account is known.
func (h headView) sender(a Attachment) components.Person {
	if p := h.v.person(a.CreatedBy); p.Name != "" {
		return p
	}
	return components.Person{Name: a.Author}
}

// fileIcon is the icon of what is no picture.
func fileIcon(a Attachment) string {
	switch {
	case strings.HasPrefix(a.Type, "text/"), a.Type == "application/pdf", strings.Contains(a.Type, "word"), strings.Contains(a.Type, "text"):
		return "file-text"
	}
	return "file"
}

// fileWarning says that a file is something else than its name promises; empty when it is not.
func fileWarning(a Attachment) string {
	if !files.Lies(a.Name, a.Type) {
		return ""
	}
	return "Not what its name says: it is " + a.Type
}

// commentFilesView is the form of a comment's files.
type commentFilesView struct {
	headView
	said   Comment
	number int64 // the task's; 0 for a comment on the project
	most   int64
	wrong  string
}

// back is where the comment stands.
func (v commentFilesView) back() string {
	if v.number != 0 {
		return taskPath(v.Project.ID, v.number) + "#c" + id(v.said.ID)
	}
	return v.Project.Path() + "/comments#c" + id(v.said.ID)
}

// filesOfTask are the task's own files, without those of its comments.
func (t taskView) filesOfTask() []Attachment {
	var own []Attachment
	for _, a := range t.Files {
		if a.CommentID == nil {
			own = append(own, a)
		}
	}
	return own
}

// mayRemove reports whether the viewer may delete the file of a task or a comment.
func (h headView) mayRemove(a Attachment, assignee *int64) bool {
	return h.me.Can(deleteFile) && h.mayFile(h.me, attached{Attachment: a, TaskAssignee: assignee})
}

// filesOf are the files of a comment that its text does not show already.
func (n notesView) filesOf(c Comment) []Attachment {
	var all []Attachment
	for _, a := range n.files {
		if data.OrZero(a.CommentID) != c.ID {
			continue
		}
		shown := false
		for _, in := range filesIn(a.ProjectID, c.Text) {
			shown = shown || in == a.ID
		}
		if !shown {
			all = append(all, a)
		}
	}
	return all
}

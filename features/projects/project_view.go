package projects

import (
	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/components"
)

// listView is what the list of projects shows.
type listView struct {
	f     projectFilter
	rows  data.Rows[projectRow]
	cards cards
	v     view
	me    *auth.Viewer
}

// formView is the form of a project: a new one when id is 0.
type formView struct {
	id    int64
	f     projectForm
	v     view
	roles []components.Option
	wrong map[string]string
}

// headView is what stands over every tab of a project.
type headView struct {
	hot
	v   view
	tab string
	me  *auth.Viewer
}

// boardData is a project's board.
type boardData struct {
	headView
	f       taskFilter
	columns []column
	today   clock.Day
}

// historyView is one page of something's history.
type historyView struct {
	lines []data.Line
	more  bool
	page  int
	path  string
	v     view
}

// fieldCell is one field that is edited where it stands.
type fieldCell struct {
	label string
	saved bool
}

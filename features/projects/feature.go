// Package projects is the feature of projects, their tasks, todos and comments.
package projects

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/feature"
	"portal/app/savedview"
	"portal/app/search"
)

//go:embed migrations/*.sql
var folder embed.FS

// Routes that templates and rules ask about.
const (
	seeList     = "projects.project.see.list"
	seeProject  = "projects.project.see.board"
	newProject  = "projects.project.edit.new"
	editOne     = "projects.project.edit.form"
	deleteOne   = "projects.project.delete.do"
	editTask    = "projects.task.edit.form"
	newTask     = "projects.task.edit.new"
	moveTask    = "projects.task.edit.move"
	editLimit   = "projects.project.edit.limit"
	tickTodo    = "projects.task.edit.todo.tick"
	addComment  = "projects.comment.edit.add"
	takeTask    = "projects.task.edit.take"
	labelsRoute = "projects.task.edit.label.list"
	seeWords    = "projects.word.see.list"
	editWords   = "projects.word.edit.save"

	addFile        = "projects.project.edit.file.add"
	addTaskFile    = "projects.task.edit.file.add"
	addCommentFile = "projects.comment.edit.file.add"
	deleteFile     = "projects.task.edit.file.delete"
)

// New declares the feature.
func New(k feature.Kit) (feature.Feature, error) { return declare(newBase(k)) }

// newBase makes the stores.
func newBase(k feature.Kit) base {
	p := newProjectStore(k.DB, k.Users, newWordStore(k.DB, k.Cache), k.Cache)
	t := newTaskStore(p, k.Cache)
	t.inbox = k.Inbox
	n := &noteStore{k.DB, t}
	return base{
		projects: p, tasks: t, notes: n, drawn: newDrawn(p, k.Cache),
		files:      &fileStore{k.DB, n, k.Files, k.Settings},
		statistics: newStatisticsStore(p, k.Cache),
		mine:       newMineStore(p, k.Cache),
		feeds:      newFeedStore(k, p.words),
		views:      savedview.New(k.DB, k.Gate, k.Cache, "projects.views"),
	}
}

func declare(h base) (feature.Feature, error) {
	migrations, err := fs.Sub(folder, "migrations")
	if err != nil {
		return feature.Feature{}, err
	}
	readers, writers, keepers := []string{"user", "auditor"}, []string{"user"}, []string{"admin"}
	return feature.Feature{
		Name:  "projects",
		Title: "Projects",
		Access: []feature.Access{
			{Node: "projects.project.see", Label: "See projects", Roles: readers},
			{Node: "projects.project.edit", Label: "Make and change projects", Roles: writers},
			{Node: "projects.project.delete", Label: "Delete projects and bring them back", Roles: writers},
			{Node: "projects.task.see", Label: "See tasks", Roles: readers},
			{Node: "projects.task.edit", Label: "Add, change, move and delete tasks and todos", Roles: writers},
			{Node: "projects.comment.edit", Label: "Comment", Roles: writers},
			{Node: "projects.view.see", Label: "See saved views", Roles: readers},
			{Node: "projects.view.edit", Label: "Save views of lists", Roles: writers},
			{Node: "projects.view.share", Label: "Share views with a role", Roles: writers},
			{Node: "projects.word.see", Label: "See the lists of statuses and priorities, and who may take which step", Roles: keepers},
			{Node: "projects.word.edit", Label: "Change statuses, priorities and who may take which step", Roles: keepers},
			{Node: "projects.feed.see", Label: "Read a calendar feed by its secret address", Roles: []string{auth.Anyone}},
		},
		Nav: []feature.NavItem{
			{Title: "Projects", Icon: "folders", Route: "project.see.list", Weight: 10, Key: "g p"},
			{Title: "My work", Icon: "checkbox", Route: seeWork, Weight: 11, Key: "g m"},
			{Title: "Statuses and priorities", Icon: "adjustments", Route: "word.see.list", Category: "Administration", Weight: 45},
		},
		Panels: []feature.Panel{
			{Slot: "home", Route: "task.see.mine", ID: "mine", Title: "My tasks"},
			{Slot: "home", Route: "project.see.mine", ID: "my-projects", Title: "My projects"},
			{Slot: "home", Route: "project.see.latest", ID: "latest", Title: "Latest changes"},
		},
		Routes:     allRoutes(h),
		Migrations: migrations,
		Caches: []string{
			"projects.words", "projects.project", "projects.task", "projects.number", "projects.title", "projects.named", "projects.board",
			"projects.list", "projects.cards", "projects.drawn",
			"projects.statistics", "projects.tasks",
			"projects.mine",
			"projects.views",
		},
		Jobs: []feature.Job{
			{Name: "projects.purge", Title: "Remove for good what has been in the trash for 30 days", Every: 24 * time.Hour, Run: h.notes.purge},
			{Name: "projects.remind", Title: "Remind people in their morning of tasks that are due tomorrow, or were due yesterday", Every: 15 * time.Minute, Run: h.tasks.remind},
			importJob(h),
			{Name: "projects.undo", Title: "Forget changes of several tasks that can't be taken back any more", Every: 24 * time.Hour, Run: h.tasks.purgeUndos},
		},
		Holdings: handovers(h.projects.db),
		Objects:  h.files.held(),
		Notices:  notices,
		Finds:    finds(),
		Actions: []search.Action{
			{Title: "New project", Words: "make create add", Icon: "plus", Route: "project.edit.new", URL: "/projects/new"},
		},
		Seed:  seed,
		Live:  h.projects.live,
		Heard: h.projects.heard,
		Warm:  func(ctx context.Context) error { return h.projects.warm(ctx, h.tasks) },
		Demo: func(ctx context.Context, tx *data.Tx, d feature.Department) error {
			if err := fillDemo(ctx, tx, d); err != nil {
				return err
			}
			return h.files.fillDemo(ctx, tx, d)
		},
		Import: importLegacy,
	}, nil
}

// allRoutes is the whole table.
func allRoutes(h base) []feature.Route {
	all := routes(projectHandlers{h}, taskHandlers{h}, noteHandlers{h}, startHandlers{h, newStartStore(h.projects)})
	for _, more := range []func(base) []feature.Route{
		boardRoutes, bulkRoutes, savedRoutes, exportRoutes, waitRoutes, milestoneRoutes, calendarRoutes, timelineRoutes, wordRoutes, labelRoutes,
		settingRoutes, copyRoutes, quickRoutes, textRoutes, fileRoutes, trashRoutes, mineRoutes, watchRoutes, repeatRoutes, importRoutes, statisticsRoutes,
	} {
		all = append(all, more(h)...)
	}
	return all
}

// routes are those of projects, tasks and notes. Ids are numbers by the router, so no word can be taken for one.
func routes(p projectHandlers, t taskHandlers, n noteHandlers, s startHandlers) []feature.Route {
	const one, task = "/:id<int>", "/:id<int>/tasks/:number<int>"
	return []feature.Route{
		feature.Get("project.see.list", "", "List of projects", p.list),
		feature.Get("project.edit.new", "/new", "Form of a new project", p.newForm),
		feature.Post("project.edit.create", "", "Make a project", p.create),
		feature.Get("task.see.mine", "/panels/tasks", "My tasks on the start page", s.tasks),
		feature.Get("project.see.mine", "/panels/projects", "My projects on the start page", s.projects),
		feature.Get("project.see.latest", "/panels/latest", "Latest changes on the start page", s.latest),
		feature.Get("project.see.board", one, "A project's board", p.board),
		feature.Get("project.see.tasks", one+"/list", "A project's tasks", t.list),
		feature.Get("project.see.about", one+"/about", "About a project", p.about),
		feature.Get("project.see.todos", one+"/todos", "A project's todos", n.todos),
		feature.Get("project.see.comments", one+"/comments", "A project's comments", n.comments),
		feature.Get("project.see.history", one+"/history", "A project's history", p.history),
		feature.Get("project.edit.form", one+"/edit", "Form of a project", p.editForm),
		feature.Post("project.edit.save", one+"/edit", "Change a project", p.save),
		feature.Get("project.see.field", one+"/field/:field", "One field of a project", p.field),
		feature.Get("project.edit.field.form", one+"/field/:field/edit", "Editor of a project's field", p.fieldForm),
		feature.Post("project.edit.field", one+"/field/:field", "Change one field of a project", p.saveField),
		feature.Post("project.edit.archive", one+"/archive", "Archive a project", p.archive),
		feature.Post("project.edit.unarchive", one+"/unarchive", "Take a project out of the archive", p.unarchive),
		feature.Post("project.delete.do", one+"/delete", "Move a project to the trash", p.delete),
		feature.Post("project.delete.undo", one+"/restore", "Take a project out of the trash", p.restore),
		feature.Get("task.edit.new", one+"/tasks/new", "Form of a new task", t.newForm),
		feature.Post("task.edit.create", one+"/tasks", "Make a task", t.create),
		feature.Get("task.see.one", task, "A task", t.show),
		feature.Get("task.see.history", task+"/history", "A task's history", t.history),
		feature.Get("task.edit.form", task+"/edit", "Form of a task", t.editForm),
		feature.Post("task.edit.save", task+"/edit", "Change a task", t.save),
		feature.Get("task.see.field", task+"/field/:field", "One field of a task", t.field),
		feature.Get("task.edit.field.form", task+"/field/:field/edit", "Editor of a task's field", t.fieldForm),
		feature.Post("task.edit.field", task+"/field/:field", "Change one field of a task", t.saveField),
		feature.Post("task.edit.move", task+"/move", "Move a task on the board", t.move),
		feature.Post("task.edit.delete", task+"/delete", "Move a task to the trash", t.delete),
		feature.Post("task.edit.restore", task+"/restore", "Take a task out of the trash", t.restore),
		feature.Post("task.edit.todo.add", task+"/todos", "Add a todo to a task", n.addTodo),
		feature.Post("task.edit.todo.tick", task+"/todos/:todo<int>/tick", "Tick a task's todo", n.tick),
		feature.Get("task.edit.todo.form", task+"/todos/:todo<int>/edit", "Form of a task's todo", n.todoForm),
		feature.Post("task.edit.todo.save", task+"/todos/:todo<int>/edit", "Change a task's todo", n.editTodo),
		feature.Post("task.edit.todo.move", task+"/todos/:todo<int>/move", "Move a task's todo", n.moveTodo),
		feature.Post("task.edit.todo.delete", task+"/todos/:todo<int>/delete", "Delete a task's todo", n.deleteTodo),
		feature.Post("task.edit.todo.restore", task+"/todos/:todo<int>/restore", "Bring back a task's todo", n.restoreTodo),
		feature.Post("project.edit.todo.add", one+"/todos", "Add a todo to a project", n.addTodo),
		feature.Post("project.edit.todo.tick", one+"/todos/:todo<int>/tick", "Tick a project's todo", n.tick),
		feature.Get("project.edit.todo.form", one+"/todos/:todo<int>/edit", "Form of a project's todo", n.todoForm),
		feature.Post("project.edit.todo.save", one+"/todos/:todo<int>/edit", "Change a project's todo", n.editTodo),
		feature.Post("project.edit.todo.move", one+"/todos/:todo<int>/move", "Move a project's todo", n.moveTodo),
		feature.Post("project.edit.todo.delete", one+"/todos/:todo<int>/delete", "Delete a project's todo", n.deleteTodo),
		feature.Post("project.edit.todo.restore", one+"/todos/:todo<int>/restore", "Bring back a project's todo", n.restoreTodo),
		feature.Post("comment.edit.add", one+"/comments", "Comment on a project", n.addComment),
		feature.Post("comment.edit.task.add", task+"/comments", "Comment on a task", n.addComment),
		feature.Get("comment.edit.form", one+"/comments/:comment<int>/edit", "Form of a comment", n.commentForm),
		feature.Get("comment.edit.task.form", task+"/comments/:comment<int>/edit", "Form of a task's comment", n.commentForm),
		feature.Post("comment.edit.save", one+"/comments/:comment<int>/edit", "Edit a comment", n.editComment),
		feature.Post("comment.edit.task.save", task+"/comments/:comment<int>/edit", "Edit a task's comment", n.editComment),
		feature.Post("comment.edit.delete", one+"/comments/:comment<int>/delete", "Delete a comment", n.deleteComment),
		feature.Post("comment.edit.task.delete", task+"/comments/:comment<int>/delete", "Delete a task's comment", n.deleteComment),
		feature.Post("comment.edit.restore", one+"/comments/:comment<int>/restore", "Bring back a comment", n.restoreComment),
		feature.Post("comment.edit.task.restore", task+"/comments/:comment<int>/restore", "Bring back a task's comment", n.restoreComment),
	}
}

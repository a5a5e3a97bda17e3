package projects

import (
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
)

func TestTrash_ListsWhatLiesInTheTrashAndBringsItBack(t *testing.T) {
	w := open(t)
	s := w.furnish("Racks", false)
	lead, walt := w.As("Lea Lead"), w.As("Walt Watcher")
	p := must[heldProject](t)(w.projects.Get(w.as("Lea Lead"), s.project)).Project
	path, task := p.Path(), taskPath(s.project, s.number)
	top := w.task(p, "Top", nil)
	part := w.task(p, "Part", func(f *taskForm) { f.Parent = top.Number })
	early := w.task(p, "Early", func(f *taskForm) { f.Parent = top.Number })
	w.attach(lead, top.Path()+"/files", "top.txt", "of the top")
	topFile := w.rows("attachments", "name = 'top.txt'")[0]
	lead.Get(path+"/trash").Want(200, "The trash is empty")
	for _, to := range []string{task + "/todos/" + id(s.taskTodo), path + "/comments/" + id(s.comment), path + "/files/" + id(s.file), early.Path()} {
		w.Clock.Add(time.Minute)
		lead.Post(to+"/delete", nil).Want(303)
	}
	w.Clock.Add(time.Minute)
	walt.Post(top.Path()+"/delete", nil).Want(303)
	w.Exec("INSERT INTO milestones (project_id, name, description, due_on, deleted_at, version, created_at, updated_at) VALUES (?, 'Handed over', '', '', ?, 1, ?, ?)", p.ID, w.DB.Now(), w.DB.Now(), w.DB.Now())
	w.Clock.Add(50 * time.Hour)
	lead, walt = w.As("Lea Lead"), w.As("Walt Watcher")
	all := lead.Get(path+"/trash").Want(200, "Todo of Racks", "Comment of Racks", "photo.png", "Top", "with 1 subtask", "Early", "Bring back what it is part of first", "Walt Watcher", "27 days left", "6 things", "Handed over").Lacks("top.txt", ">Part<")
	if strings.Index(all.Body, `id="task-`+id(top.ID)) > strings.Index(all.Body, `id="task-`+id(early.ID)) {
		t.Error("the latest is not the first")
	}
	apptest.Golden(t, "trash", lead.Fragment("GET", path+"/trash?sort=name", "list", nil).Want(200).Body)
	lead.Get(path+"/trash?show=todo").Want(200, "1 thing").Lacks("photo.png")
	lead.Get(path+"/trash?q=PHOTO").Want(200, "1 thing", "photo.png")
	lead.Get(path+"/trash?q=zzz&show=file").Want(200, "Nothing fits")
	walt.Get(path+"/trash").Want(200, "Only who wrote it brings it back")
	w.As("Stan Stranger", "user").Get(path+"/trash").Want(403, "team").Lacks("Comment of Racks")
	for _, to := range []string{task + "/todos/" + id(s.taskTodo), path + "/comments/" + id(s.comment), path + "/files/" + id(s.file), top.Path(), early.Path()} {
		lead.Get(path+"/trash").Want(200, `action="`+to+`/restore"`)
		lead.Post(to+"/restore", nil).Want(303)
	}
	lead.Get(path+"/trash").Want(200, "1 thing", "Handed over").Lacks(`id="task-`)
	lead.Get(part.Path()).Want(200)
	lead.Get(path+"/files/"+id(topFile)).Want(200, "of the top")
	lead.Get(path+"/files").Want(200, "top.txt", "photo.png")
	w.seenAsStored(p.ID)
}

func TestTrash_OfAPrivateProjectIsNotThere(t *testing.T) {
	w := open(t)
	s := w.furnish("Closed Room", true)
	lead := w.As("Lea Lead")
	lead.Post(taskPath(s.project, s.number)+"/delete", nil).Want(303)
	for _, who := range []string{"Stan Stranger", "Asta Assignee"} {
		w.As(who, "user").Get(projectPath(s.project) + "/trash").Want(404).Lacks("Task of")
	}
}

func TestPurge_TakesFilesAndTheSweepTheirObjects(t *testing.T) {
	w := open(t)
	gone, kept := w.furnish("Gone", false), w.furnish("Kept", false)
	lead := w.As("Lea Lead")
	path, task := projectPath(kept.project), taskPath(kept.project, kept.number)
	w.attach(lead, path+"/comments/"+id(kept.taskComment)+"/files", "trace.txt", "a trace")
	w.attach(lead, path+"/files", "plan.txt", "the plan")
	w.attach(lead, path+"/files", "old.txt", "old")
	old := w.rows("attachments", "name = 'old.txt'")[0]
	lead.Post(path+"/files/"+id(old)+"/delete", nil).Want(303)
	lead.Post(task+"/comments/"+id(kept.taskComment)+"/delete", nil).Want(303)
	lead.Post(projectPath(gone.project)+"/delete", nil).Want(303)
	w.Exec("INSERT INTO milestones (project_id, name, description, due_on, deleted_at, version, created_at, updated_at) VALUES (?, 'Old', '', '', ?, 1, ?, ?)", kept.project, w.DB.Now(), w.DB.Now(), w.DB.Now())
	stone := w.rows("milestones", "name = 'Old'")[0]
	w.Exec("UPDATE tasks SET milestone_id = ? WHERE project_id = ?", stone, kept.project)
	before := w.objects()
	w.Clock.Add(31 * 24 * time.Hour)
	if err := w.notes.purge(w.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.text("SELECT GROUP_CONCAT(name) FROM attachments"); got != "photo.png,plan.txt" || w.Count("milestones", "name = 'Old'") != 0 || w.Count("tasks", "milestone_id IS NOT NULL") != 0 {
		t.Errorf("left over: %s", got)
	}
	if _, err := w.Files.Sweep(w.Context(), time.Now().Add(2*time.Hour), w.files.held().Known); err != nil {
		t.Fatal(err)
	}
	if after := w.objects(); before != 7 || after != 3 { // a photo and its small picture each, and three texts; a photo and the plan stay
		t.Errorf("%d objects, then %d", before, after)
	}
	lead = w.As("Lea Lead")
	lead.Get(path+"/files").Want(200, "plan.txt", "photo.png")
	c, err := w.CheckFiles(w.Context())
	if err != nil || c.Files != 3 || len(c.Missing)+c.Loose != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	if err := w.Files.Delete(w.Context(), w.text("SELECT object FROM attachments WHERE name = 'plan.txt'")); err != nil {
		t.Fatal(err)
	}
	if c, err := w.CheckFiles(w.Context()); err != nil || len(c.Missing) != 1 {
		t.Errorf("%+v, %v", c, err)
	}
	plan := w.rows("attachments", "name = 'plan.txt'")[0]
	lead.Get(path+"/files/"+id(plan)).Want(404, "not there any more")
}

package projects

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"portal/app"
	"portal/app/apptest"
	"portal/app/data"
)

// spot is what the addresses of a test lead to.
type spot struct {
	project, number, todo, comment, taskTodo, taskComment int64
	file                                                  int64 // of the task
	milestone                                             int64
}

// address fills a route's path.
func (s spot) address(path string) string {
	todo, comment := s.todo, s.comment
	if strings.Contains(path, ":number") {
		todo, comment = s.taskTodo, s.taskComment
	}
	field := "status"
	return strings.NewReplacer(":id<int>", id(s.project), ":number<int>", id(s.number), ":todo<int>", id(todo),
		":comment<int>", id(comment), ":milestone<int>", id(s.milestone), ":file<int>", id(s.file), ":field", field, ":import<int>", "1", ":status<int>", "2", ":act<int>", "9999999", ":view<int>", "9999999", ":act", "none",
		":list", "statuses", ":word<int>", "3", ":from<int>", "1", ":to<int>", "2", ":label<int>", id(labelAt(s.project, 0))).Replace(path)
}

// form holds a good value for every field of every form of the feature.
func (w *world) form() url.Values {
	return apptest.Form("name", "Any", "text", "Any", "status", id(w.status("Review")), "priority", id(w.priority("High")),
		"lead", "0", "assignee", "0", "version", "1", "done", "true", "watchers_shown", "1", "section", "notify", "who", "everyone", "into", "4",
		"find", "1", "days", "1", "plan", plan{}.serial(),
		"task", "1", "set_priority", id(w.priority("High")))
}

// furnish makes a project with a task, todos and comments; the assignee is in no team.
func (w *world) furnish(name string, private bool) spot {
	w.t.Helper()
	p := w.project(name, "Lea Lead", func(f *projectForm) {
		f.Private = private
		f.Watchers = []int64{w.id("Walt Watcher", "user")}
		f.Roles = []int64{w.Gate.Access().RoleID("manager")}
	})
	ctx := w.as("Lea Lead")
	var last Task
	for range 3 {
		last = w.task(p, "Task of "+name, func(f *taskForm) { f.Assignee = w.id("Asta Assignee", "user") })
	}
	w.Exec("UPDATE tasks SET repeat_rule = 'FREQ=DAILY' WHERE id = ?", last.ID)
	s := spot{project: p.ID, number: last.Number}
	for i := range int64(2) {
		name := "Label " + id(i)
		w.Insert(&Label{ID: labelAt(p.ID, i), ProjectID: p.ID, Name: name, NameKey: data.Fold(name), Tone: "blue", Version: 1, CreatedAt: w.DB.Now(), UpdatedAt: w.DB.Now()})
	}
	w.Cache.Forget(projectKey(p.ID))
	for _, number := range []int64{0, last.Number} {
		o := owner{p.ID, number}
		if err := w.notes.AddTodo(ctx, o, "Todo of "+name, ""); err != nil {
			w.t.Fatal(err)
		}
		must[Comment](w.t)(w.notes.AddComment(ctx, o, "Comment of "+name, ""))
	}
	if err := w.tasks.AddMilestone(ctx, p.ID, milestoneForm{Name: "Milestone of " + name}); err != nil {
		w.t.Fatal(err)
	}
	last4 := func(table, where string) int64 {
		ids := w.rows(table, "project_id = "+id(p.ID)+" AND "+where)
		return ids[len(ids)-1]
	}
	s.todo, s.comment = last4("todos", "task_id IS NULL"), last4("comments", "task_id IS NULL")
	s.taskTodo, s.taskComment = last4("todos", "task_id IS NOT NULL"), last4("comments", "task_id IS NOT NULL")
	s.file = must[[]Attachment](w.t)(w.files.Add(ctx, fileAt{owner: owner{p.ID, last.Number}}, []sent{{"photo.png", 4, strings.NewReader(picture(w.t, 8))}}))[0].ID
	milestones := w.rows("milestones", "project_id = "+id(p.ID))
	s.milestone = milestones[len(milestones)-1]
	return s
}

func (w *world) routes() []app.Mounted {
	var all []app.Mounted
	for _, r := range w.Routes {
		if r.Feature == "projects" && !strings.Contains(r.Path, ":token") { // a secret address has tests of its own
			all = append(all, r)
		}
	}
	if len(all) < 40 {
		w.t.Fatalf("only %d routes", len(all))
	}
	return all
}

// try sends the route a request that only rights can refuse.
func (w *world) try(b *apptest.Browser, r app.Mounted, s spot) apptest.Answer {
	w.t.Helper()
	if r.Method == http.MethodGet {
		return b.Get(s.address(r.Path))
	}
	if strings.HasSuffix(r.Path, "/files") || strings.HasSuffix(r.Path, "/files/paste") {
		return upload(w.t, b, s.address(r.Path), nil, partOf{"any.txt", "text/plain", "Any"})
	}
	f := w.form()
	if strings.Contains(r.Path, ":label") {
		f.Set("into", id(labelAt(s.project, 1)))
	}
	if strings.Contains(r.Path, ":list") {
		f.Set("name", "Word "+id(s.project))
		f.Set("node", "3")
	}
	return b.Post(s.address(r.Path), f)
}

// refusal is the status by which the route refuses the person, 0 when it lets them in.
func refusal(who string, r app.Mounted, private bool) int {
	route := strings.TrimPrefix(r.Name, "projects.")
	reads := strings.Contains(route, ".see.")
	general := !strings.Contains(r.Path, ":id")
	restores := strings.HasSuffix(route, "restore") || strings.HasSuffix(route, "undo")
	switch {
	case who == "visitor":
		return http.StatusSeeOther
	case who == "no role", who == "auditor" && !reads, strings.HasPrefix(route, "word."):
		return http.StatusForbidden
	case general:
		return 0
	case private && (who == "auditor" || who == "stranger" || who == "assignee"):
		return http.StatusNotFound
	case strings.Contains(route, ".label."):
		return labelRefusal(who, restores)
	case route == "project.see.trash" && (who == "auditor" || who == "stranger" || who == "assignee"):
		return http.StatusForbidden // only the team
	case reads, strings.HasPrefix(route, "project.edit.copy."), route == "comment.edit.add", route == "comment.edit.task.add", route == "comment.edit.file.paste":
		return 0
	case strings.HasPrefix(route, "task.edit.import."):
		if who == "watcher" || who == "member" {
			return 0 // what they may do is in tests of its own
		}
		return http.StatusForbidden
	case strings.Contains(route, ".milestone."):
		return http.StatusForbidden // only the lead
	case restores && (strings.HasPrefix(route, "project.delete") || !strings.Contains(route, "todo")):
		return http.StatusNotFound // nothing of it is in the trash
	case strings.HasPrefix(route, "comment."):
		return http.StatusForbidden // only who wrote it
	case who == "assignee" && (strings.HasPrefix(route, "task.edit.") && route != "task.edit.new" && route != "task.edit.create" && !strings.HasPrefix(route, "task.edit.quick.")):
		return 0
	case (who == "watcher" || who == "member") && (strings.HasPrefix(route, "task.") || strings.Contains(route, ".todo.") || route == "project.edit.file.add"):
		return 0
	}
	return http.StatusForbidden
}

func (w *world) everybody() map[string]*apptest.Browser {
	return map[string]*apptest.Browser{
		"visitor": w.Visitor(), "no role": w.As("Nora None"), "auditor": w.As("Audra Auditor", "auditor"), "stranger": w.As("Stan Stranger", "user"),
		"watcher": w.As("Walt Watcher", "user"), "member": w.As("Mona Member", "manager"), "assignee": w.As("Asta Assignee", "user"),
	}
}

func TestS37_EveryRouteRefusesWhoMayNot(t *testing.T) {
	w := open(t)
	spots := map[bool]spot{false: w.furnish("Open Field", false), true: w.furnish("Closed Room", true)}
	missing := spot{9_999_999, 1, 1, 1, 1, 1, 1, 1}
	people := w.everybody()
	for who, b := range people {
		b.Token()
		for _, private := range []bool{false, true} {
			for _, r := range w.routes() {
				want := refusal(who, r, private)
				if want == 0 {
					continue
				}
				before := w.kept()
				a := w.try(b, r, spots[private])
				if a.Status != want {
					t.Errorf("%s, private %v, %s: %s, not %d", who, private, r.Name, a, want)
				}
				if after := w.kept(); after != before {
					t.Fatalf("%s, private %v, %s wrote:\n%s\n%s", who, private, r.Name, before, after)
				}
				if want == http.StatusNotFound && private && (who == "stranger" || who == "assignee" || who == "auditor") {
					sameAsMissing(t, a, w.try(b, r, missing), spots[true], missing, r.Name)
				}
			}
		}
	}
}

// sameAsMissing fails when a refused thing can be told from one that is not there.
func sameAsMissing(t *testing.T, a, none apptest.Answer, s, missing spot, route string) {
	t.Helper()
	plain := func(body string, of spot) string {
		return strings.ReplaceAll(apptest.Tidy(body), "/projects/"+id(of.project), "/projects/ID")
	}
	if a.Status != none.Status || plain(a.Body, s) != plain(none.Body, missing) {
		t.Errorf("%s: a private project can be told from none:\n%s\n%s", route, a, none)
	}
}

func TestAccess_EveryRouteLetsInWhoMay(t *testing.T) {
	w := open(t)
	people := w.everybody()
	people["lead"], people["admin"] = w.As("Lea Lead", "user"), w.As("Ada Admin", "admin")
	for who, b := range people {
		for _, private := range []bool{false, true} {
			read := w.furnish("Read "+strconv.FormatBool(private), private)
			for _, r := range w.routes() {
				may := who == "admin" || who == "lead" && !strings.Contains(r.Name, ".word.") || refusal(who, r, private) == 0
				if !may || r.Name == bulkProjects || strings.HasPrefix(r.Name, "projects.view.") && r.Method == http.MethodPost || strings.HasSuffix(r.Name, "restore") ||
					strings.HasSuffix(r.Name, "undo") || strings.Contains(r.Name, "task.edit.import.") {
					continue
				}
				s := read
				if r.Method == http.MethodPost {
					s = w.furnish("Fresh "+strconv.FormatBool(private), private)
				}
				w.freshStatus(r)
				a := w.try(b, r, s)
				if a.Status >= 400 && (r.Name != takeTask || a.Status != http.StatusConflict) { // that the task is somebody's is no matter of rights
					t.Errorf("%s, private %v, %s: %s", who, private, r.Name, a)
				}
			}
		}
	}
}

func TestS37_ForeignChildOfOwnProjectIsNotFound(t *testing.T) {
	w := open(t)
	theirs := w.furnish("Closed Room", true)
	own := w.project("Own", "Stan Stranger", nil)
	b := w.As("Stan Stranger")
	w.task(own, "Mine", nil)
	for _, r := range w.routes() {
		child := func(path string) bool {
			return strings.Contains(path, ":todo") || strings.Contains(path, ":comment") || strings.Contains(path, ":file") || strings.Contains(path, ":milestone")
		}
		if !strings.Contains(r.Path, ":number") && !child(r.Path) {
			continue
		}
		for _, s := range []spot{
			{own.ID, theirs.number, theirs.taskTodo, theirs.taskComment, theirs.taskTodo, theirs.taskComment, theirs.file, theirs.milestone},
			{own.ID, 1, theirs.todo, theirs.comment, theirs.taskTodo, theirs.taskComment, theirs.file, theirs.milestone},
		} {
			if s.number == 1 && !child(r.Path) && !strings.Contains(r.Path, ":act") {
				continue // that one is one's own
			}
			before := w.kept()
			if a := w.try(b, r, s); a.Status != http.StatusNotFound {
				t.Errorf("%s: %s", r.Name, a)
			}
			if after := w.kept(); after != before {
				t.Fatalf("%s wrote:\n%s\n%s", r.Name, before, after)
			}
		}
	}
}

func TestS37_PrivateIsInNoListCountOrStream(t *testing.T) {
	w := open(t)
	s := w.furnish("Closed Room", true)
	for who, b := range map[string]*apptest.Browser{
		"auditor": w.As("Audra Auditor", "auditor"), "stranger": w.As("Stan Stranger", "user"), "assignee": w.As("Asta Assignee", "user"),
	} {
		for _, path := range []string{"/projects", "/projects?show=mine", "/projects?q=closed", "/projects/panels/tasks", "/projects/panels/projects", "/projects/panels/latest", "/"} {
			b.Get(path).Want(http.StatusOK).Lacks("Closed Room")
		}
		b.Get("/projects").Lacks(`<span class="stat-value">1</span>`)
		a := b.Do(apptest.Request{Method: "GET", Path: "/events?on=" + projectTopic(s.project), Header: http.Header{"Accept": {"text/event-stream"}}})
		none := b.Do(apptest.Request{Method: "GET", Path: "/events?on=" + projectTopic(9_999_999), Header: http.Header{"Accept": {"text/event-stream"}}})
		if a.Status != http.StatusNotFound || apptest.Tidy(a.Body) != apptest.Tidy(none.Body) {
			t.Errorf("%s: the stream of a private project: %s", who, a)
		}
	}
	w.As("Walt Watcher").Get("/projects").Want(http.StatusOK, "Closed Room", `<span class="stat-value">1</span>`)
}

func TestS40c_LostRoleEndsCountsAtOnce(t *testing.T) {
	w := open(t)
	w.furnish("Closed Room", true)
	b := w.As("Mona Member", "manager", "user")
	b.Get("/projects").Want(http.StatusOK, "Closed Room", `<span class="stat-value">1</span>`)
	w.Exec("DELETE FROM user_roles WHERE user_id = ? AND role_id = ?", b.User.ID, w.Gate.Access().RoleID("manager"))
	w.Cache.Forget("auth.member:" + id(b.User.ID))
	b.Get("/projects").Want(http.StatusOK).Lacks("Closed Room", `<span class="stat-value">1</span>`)
}

func TestS27_EveryFormOfProjectsWithoutItsTokenIsRefused(t *testing.T) {
	w := open(t)
	s := w.furnish("Open Field", false)
	b := w.As("Ada Admin", "admin")
	for _, r := range w.routes() {
		if r.Method != http.MethodPost {
			continue
		}
		before := w.kept()
		for _, token := range []string{"", "forged"} {
			f := w.form()
			f.Set("_csrf", token)
			b.Do(apptest.Request{Method: "POST", Path: s.address(r.Path), Form: f}).Want(http.StatusForbidden)
		}
		if after := w.kept(); after != before {
			t.Fatalf("%s wrote:\n%s\n%s", r.Name, before, after)
		}
	}
}

package projects

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"portal/app/apptest"
)

// setStep says who may take a step, as an administrator does.
func (w *world) setStep(b *apptest.Browser, from, to string, form ...string) apptest.Answer {
	w.t.Helper()
	return b.Post(fmt.Sprintf("/projects/words/steps/%d/%d", w.status(from), w.status(to)), apptest.Form(form...))
}

func TestStep_IsRefusedByEveryWayToWhoMayNot(t *testing.T) {
	w := open(t)
	ada := w.As("Ada Admin", "admin")
	manager := id(w.Gate.Access().RoleID("manager"))
	w.setStep(ada, "To do", "Done", "who", "roles", "roles", manager).Want(http.StatusSeeOther)
	w.setStep(ada, "To do", "Review", "who", "nobody").Want(http.StatusSeeOther)
	p := w.project("Racks", "Lea Lead", func(f *projectForm) { f.Roles = []int64{w.Gate.Access().RoleID("manager")} })
	done, review, progress := id(w.status("Done")), id(w.status("Review")), id(w.status("In progress"))
	ways := map[string]func(*apptest.Browser, Task, string) apptest.Answer{
		"form": func(b *apptest.Browser, task Task, to string) apptest.Answer {
			return b.Post(task.Path()+"/edit", apptest.Form("name", task.Name, "status", to, "priority", id(task.PriorityID), "version", id(task.Version)))
		},
		"field": func(b *apptest.Browser, task Task, to string) apptest.Answer {
			return b.Fragment("POST", task.Path()+"/field/status", "", apptest.Form("status", to, "version", id(task.Version)))
		},
		"board": func(b *apptest.Browser, task Task, to string) apptest.Answer {
			return b.Post(task.Path()+"/move", apptest.Form("status", to, "version", id(task.Version)))
		},
	}
	people := map[string]*apptest.Browser{"lead": w.As("Lea Lead", "user"), "manager": w.As("Mona Member", "manager"), "admin": ada}
	for way, send := range ways {
		for who, b := range people {
			for to, may := range map[string]bool{progress: true, review: false, done: who == "manager"} {
				task := w.task(p, "Task", nil)
				before := w.kept()
				a := send(b, task, to)
				if may {
					if a.Status >= 400 {
						t.Errorf("%s by %s: %s", who, way, a)
					}
					continue
				}
				reason := "Only people with the role manager take a task from To do to Done."
				if to == review {
					reason = "Nobody takes a task from To do to Review."
				}
				if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, reason) {
					t.Errorf("%s by %s: %s", who, way, a)
				}
				if w.kept() != before {
					t.Errorf("%s by %s wrote", who, way)
				}
			}
		}
	}
	b := people["lead"]
	task := w.task(p, "Task", nil)
	b.Fragment("GET", task.Path()+"/field/status/edit", "", nil).Want(200, ">In progress<", ">To do<").Lacks(">Done<", ">Review<")
	b.Get(task.Path()+"/edit").Want(200, ">In progress<").Lacks(`<option value="` + done + `">`)
	people["manager"].Fragment("GET", task.Path()+"/field/status/edit", "", nil).Want(200, ">Done<").Lacks(">Review<")
	b.Post(p.Path()+"/tasks", apptest.Form("name", "Begins in review", "status", review, "priority", "2")).Want(http.StatusSeeOther)
	w.setStep(ada, "To do", "Done", "who", "everyone", "was", manager).Want(http.StatusSeeOther)
	if a := ways["board"](b, task, done); a.Status >= 400 {
		t.Errorf("once everybody may: %s", a)
	}
}

func TestStep_IsSetAsTheFormSaysAndByNobodyElse(t *testing.T) {
	w := open(t)
	ada, bea := w.As("Ada Admin", "admin"), w.As("Bea Boss", "admin")
	manager := id(w.Gate.Access().RoleID("manager"))
	ada.Get(wordsPath+"/steps").Want(200, "Everyone")
	w.setStep(ada, "To do", "Done", "who", "roles", "roles", manager).Want(http.StatusSeeOther)
	before := w.kept()
	for _, c := range []struct {
		status int
		says   string
		form   []string
	}{
		{http.StatusConflict, "Somebody else has changed this step first: now manager.", []string{"who", "nobody"}},
		{http.StatusUnprocessableEntity, "Choose at least one role", []string{"who", "roles", "was", manager}},
		{http.StatusUnprocessableEntity, "Choose roles from the list.", []string{"who", "roles", "roles", "999", "was", manager}},
		{http.StatusUnprocessableEntity, "Choose one of", []string{"who", "somebody", "was", manager}},
	} {
		w.setStep(bea, "To do", "Done", c.form...).Want(c.status, c.says, "<form")
	}
	bea.Post(wordsPath+"/steps/1/1", apptest.Form("who", "nobody")).Want(http.StatusNotFound)
	bea.Post(wordsPath+"/steps/1/999", apptest.Form("who", "nobody")).Want(http.StatusNotFound)
	if w.kept() != before {
		t.Error("something was written")
	}
	w.setStep(bea, "To do", "Done", "who", "nobody", "was", manager).Want(http.StatusSeeOther)
	apptest.Golden(t, "steps", bea.Fragment("GET", wordsPath+"/steps", "list", nil).Want(200, "Nobody").Body)
	apptest.Golden(t, "step-dialog", bea.Fragment("GET", fmt.Sprintf("%s/steps/%d/%d", wordsPath, w.status("To do"), w.status("Done")), "dialog-body", nil).Want(200).Body)
}

func TestStep_OfARoleThatIsGoneStaysShut(t *testing.T) {
	w := open(t)
	w.Exec("INSERT INTO status_steps (from_id, to_id, role_id) VALUES (?, ?, 99999)", w.status("To do"), w.status("Done"))
	w.Cache.Clear("")
	p := w.project("Racks", "Lea Lead", nil)
	task := w.task(p, "Task", nil)
	w.As("Lea Lead").Post(task.Path()+"/move", apptest.Form("status", id(w.status("Done")), "version", "1")).Want(http.StatusUnprocessableEntity, "Nobody takes")
}

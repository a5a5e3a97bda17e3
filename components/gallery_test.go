package components_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"portal/app/apptest"
	. "portal/components"
)

// state is a component as it looks in one state; its golden file has its name.
type state struct {
	name string // "component/state"
	show templ.Component
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func gallery() []state {
	return slices.Concat(forms(), layouts(), lists(), pieces(), charts())
}

func forms() []state {
	options := []Option{{"open", "Open"}, {"done", "Done"}}
	conflict := ClashView{ID: "task-2", Action: "/projects/1/tasks/2/edit", Back: "/projects/1", Version: 7, Who: "Bob", Others: []Option{{"title", "Label the racks"}},
		Fields: []ClashChoice{{Name: "status", Label: "Status", Base: "Open", Theirs: "Done", Mine: "In progress", TheirValue: "done", MyValue: "doing"}}}
	return []state{
		{"field/empty", Field(Input{Name: "title", Label: "Title"})},
		{"field/whole", Field(Input{Name: "email", Label: "E-mail", Type: "email", Value: `a"b<c>@example.org`, Hint: "May stay empty.", Autocomplete: "email", Required: true, Autofocus: true, Max: 200})},
		{"field/wrong", Field(Input{Name: "email", Label: "E-mail", Value: "x", Hint: "May stay empty.", Error: "This is not an e-mail address."})},
		{"field/password-keeps-nothing", Field(Input{Name: "password", Label: "Password", Type: "password", Value: "secret"})},
		{"text-area/empty", TextArea(Area{Name: "notes", Label: "Notes"})},
		{"text-area/wrong", TextArea(Area{Name: "notes", Label: "Notes", Value: "a\n</textarea><b>", Error: "At most 10 characters.", Hint: "Markdown.", Placeholder: "Write here", Rows: 8, Max: 10})},
		{"writer/written", Writer(Writing{Base: "/projects/1", Area: Area{Name: "text", Label: "Comment", Value: "a </textarea><b>", NoLabel: true}})},
		{"suggestions/person-and-task", Suggestions([]Suggestion{{Insert: "@maria", Title: "Maria <Diaz>", Detail: "maria", Person: &Person{ID: 2, Name: "Maria Diaz"}}, {Insert: "#12", Title: "Label the racks", Detail: "NET-12 · Open", Tone: "blue"}})},
		{"suggest-page/nobody", SuggestPage(nil)},
		{"preview/nothing", Preview("", "")}, {"preview/written", Preview("<p>Text</p>", "")}, {"preview/wrong", Preview("", "At most 10 characters.")},
		{"pick/chosen", Pick("status", "Status", "done", WithAll("Any status", options))},
		{"sort-pick/usual", SortPick("", "/projects", options)}, {"sort-pick/down", SortPick("-done", "/projects", options)},
		{"kept/usual", Kept("", 25)}, {"kept/sorted", Kept("-name", 100)},
		{"tick-head/plain", TickHead("link")}, {"tick-cell/plain", TickCell("link", 7, "The wiki", false)}, {"tick-cell/ticked", TickCell("link", 7, "The wiki", true)},
		{"menu-post/plain", MenuPost("/projects/1/archive", "archive", "Archive", false)}, {"menu-post/bad", MenuPost("/projects/1/delete", "trash", "Move to the trash", true)},
		{"text-area/without-label", TextArea(Area{Name: "notes", Label: "Notes", NoLabel: true, Hint: "Markdown."})},
		{"select/chosen", Select(Choice{Name: "status", Label: "Status", Value: "done", Options: options, Hint: "Where it stands."})},
		{"select/wrong", Select(Choice{Name: "status", Label: "Status", Options: options, Error: "Choose from the list."})},
		{"multi-select/two-of-two", MultiSelect(Choice{Name: "roles", Label: "Roles", Options: options, Hint: "Several may be chosen."}, map[string]bool{"open": true, "done": true})},
		{"checks/two-of-two", Checks(Choice{Name: "roles", Label: "Roles", Options: options, Hint: "Several may be chosen."}, map[string]bool{"open": true, "done": true})},
		{"checks/wrong", Checks(Choice{Name: "roles", Label: "Roles", Options: options, Error: "There is no such role."}, map[string]bool{"open": true, "done": true})},
		{"checkbox/off", Checkbox("keep", "Keep me signed in", "", false)},
		{"checkbox/on-with-hint", Checkbox("keep", "Keep me signed in", "For 30 days.", true)},
		{"form-actions/with-way-back", FormActions("Save", "/projects")},
		{"form-actions/alone", FormActions("Save", "")},
		{"form-error/none", FormError("")},
		{"form-error/said", FormError("The name or the password is wrong.")},
		{"clash/one-field", Clash(conflict)},
		{"clash-page/one-field", ClashPage(conflict)}, {"clash-dialog/one-field", ClashDialog(conflict)},
		{"form-page/short", FormPage("Merge the label “Power”", Link{Label: "Labels", URL: "/projects/1/labels"}, templ.Raw("<p>The form</p>"))},
		{"form-dialog/short", FormDialog("Merge the label “Power”", templ.Raw("<p>The form</p>"))},
	}
}

func layouts() []state {
	ada := Person{ID: 1, Name: "Ada Lovelace", Username: "ada"}
	nav := []NavGroup{
		{Items: []NavItem{{Title: "Home", URL: "/", Icon: "home", Active: true}, {Title: "Projects", URL: "/projects", Icon: "folders", Key: "g p"}}},
		{Label: "Office", Items: []NavItem{{Title: "Rooms", URL: "/rooms", Icon: "door"}}},
	}
	content := text("content")
	return []state{
		{"layout/signed-in", within(Layout(Shell{Title: "Home", Theme: "dark", Path: "/", Nav: nav, Person: ada, Inbox: Bell{Topic: "home.inbox:1", Unread: 2}, Flash: []Toast{{Text: "Saved.", Tone: "good"}}}), content)},
		{"layout/viewing", within(Layout(Shell{Title: "Home", Path: "/", Person: ada, ViewAs: true, Viewing: Viewing{Who: "Bob Babbage (bob)", Minutes: 1}}), content)},
		{"layout/with-banner", within(Layout(Shell{Title: "Home", Banner: "The portal will stop at 18:00."}), content)},
		{"bare/visitor", within(Bare(Shell{Title: "Sign in", Flash: []Toast{{Text: "You are signed out."}}}), content)},
		{"bell-link/none", BellLink(Bell{Topic: "home.inbox:1"})},
		{"bell-link/some", BellLink(Bell{Topic: "home.inbox:1", Unread: 3, Active: true})},
		{"bell-button/none", BellButton(Bell{Topic: "home.inbox:1"})},
		{"bell-button/very-many", BellButton(Bell{Topic: "home.inbox:1", Unread: 120})},
		{"page-head/title", PageHead(Head{Title: "Projects"})},
		{"page-head/whole", within(PageHead(Head{Title: "Move the office", Lead: "By spring.", Crumbs: []Link{{"Projects", "/projects"}}}), text("actions"))},
		{"crumbs/none", Crumbs(nil)},
		{"crumbs/two", Crumbs([]Link{{"Projects", "/projects"}, {"Move <the> office", "/projects/1"}})},
		{"crumbs-of/two", CrumbsOf("Where this task is", []Link{{"Projects", "/projects"}, {"Move <the> office", "/projects/1"}})},
		{"tabs/second-active", Tabs("Project", []Tab{{Label: "Board", URL: "/projects/1", Icon: "columns", Count: -1}, {Label: "Comments", URL: "/projects/1/comments", Icon: "message", Count: 3, Active: true}})},
	}
}

func lists() []state {
	link := func(page, size int) string { return fmt.Sprintf("/projects?page=%d&size=%d", page, size) }
	value := Inline{ID: "task-2-status", URL: "/projects/1/tasks/2/field/status/edit", Label: "Status of Label the racks"}
	saved := value
	saved.Saved = true
	editor := Editor{ID: "task-2-status", Action: "/projects/1/tasks/2/field/status", Cancel: "/projects/1/tasks/2/field/status", Label: "Status", Name: "status",
		Type: "select", Value: "done", Version: 7, Options: []Option{{"open", "Open"}, {"done", "Done"}}}
	day := Editor{ID: "task-2-due", Action: "/a", Cancel: "/b", Label: "Due", Name: "due", Type: "date", Value: "2026-11-23", Version: 1}
	wrong := Editor{ID: "task-2-title", Action: "/a", Cancel: "/b", Label: "Title", Name: "title", Type: "text", Version: 1, Error: "This is needed.", Max: 200}
	return []state{
		{"sort-head/unsorted", SortHead(Sort{Label: "Title", URL: "/projects?sort=title"})},
		{"sort-head/ascending", SortHead(Sort{Label: "Title", URL: "/projects?sort=-title", Dir: "ascending"})},
		{"sort-head/descending", SortHead(Sort{Label: "Title", URL: "/projects?sort=title", Dir: "descending"})},
		{"pager/nothing", Pager(Pages{Page: 1, Size: 25, Noun: "project", Link: link})},
		{"pager/one-page", Pager(Pages{Page: 1, Size: 25, Total: 1, Noun: "project", Link: link})},
		{"pager/in-the-middle", Pager(Pages{Page: 2, Size: 50, Total: 120, Noun: "project", Link: link})},
		{"pager/last", Pager(Pages{Page: 3, Size: 50, Total: 120, Noun: "project", Link: link})},
		{"chips/none", Chips(nil, "/projects")},
		{"chips/two", Chips([]Chip{{"Status: Open", "/projects?q=x"}, {"“x”", "/projects?status=open"}}, "/projects")},
		{"inline-value/plain", within(InlineValue(value), text("Open"))},
		{"inline-value/saved", within(InlineValue(saved), text("Open"))},
		{"inline-editor/select", InlineEditor(editor)},
		{"inline-editor/date", InlineEditor(day)},
		{"inline-editor/wrong-text", InlineEditor(wrong)},
	}
}

func pieces() []state {
	return []state{
		{"icon/none", Icon("")},
		{"icon/plain", Icon("home")},
		{"icon-small/plain", IconSmall("x")},
		{"token/plain", Token()},
		{"badge/known-colour", Badge("In progress", "blue")},
		{"badge/unknown-colour", Badge("Odd", "plaid")},
		{"avatar/nobody", Avatar(Person{})},
		{"avatar/initials", Avatar(Person{ID: 1, Name: "Grace Brewster Hopper"})},
		{"avatar/picture", Avatar(Person{ID: 1, Name: "Grace", AvatarURL: "/people/1/avatar?v=2"})},
		{"person-name/nobody", PersonName(Person{})},
		{"person-name/somebody", PersonName(Person{ID: 1, Name: "Ada <Lovelace>"})},
		{"progress/some", Progress(40, "Done of Move the office")},
		{"when/now", When(noon.Add(-20 * time.Second))},
		{"when/minutes", When(noon.Add(-20 * time.Minute))},
		{"when/hours", When(noon.Add(-20 * time.Hour))},
		{"when/days", When(noon.Add(-50 * time.Hour))},
		{"when/this-year", When(noon.Add(-60 * 24 * time.Hour))},
		{"when/last-year", When(noon.Add(-400 * 24 * time.Hour))},
		{"when/to-come", When(noon.Add(time.Hour))},
		{"day/none", Day("", false)},
		{"day/to-come", Day("Tue 24 Nov", false)},
		{"day/overdue", Day("Sun 22 Nov", true)},
		{"stats/three", Stats("Figures", []Stat{{Label: "Open", Value: 3, URL: "/a", Icon: "circle"}, {Label: "Overdue", Value: 1, URL: "/b", Icon: "clock", Bad: true}, {Label: "Done", URL: "/c", Icon: "check", Bad: true, Active: true}})},
		{"empty/plain", Empty(EmptyState{Icon: "search", Title: "Nothing found", Text: "Try other words."})},
		{"empty/with-action", Empty(EmptyState{Icon: "folders", Title: "No projects yet", Text: "Make the first one.", Action: Link{"New project", "/projects/new"}})},
		{"error-page/not-found", ErrorPage(Problem{Status: 404, Title: "Not found", Text: "There is no such page.", RequestID: "abcdefghij"})},
		{"error-page/forbidden", ErrorPage(Problem{Status: 403, Title: "You may not do this", Text: "It is for managers.", Ask: "Ask an administrator."})},
		{"error-page/away", ErrorPage(Problem{Status: 503, Title: "Back in a moment", Text: "The database does not answer.", Retry: true, RequestID: "abcdefghij"})},
		{"error-page/broken", ErrorPage(Problem{Status: 500, Title: "Something went wrong", Text: "On our side.", RequestID: "abcdefghij"})},
		{"toast-out/good-with-undo", ToastOut(Toast{Text: "Moved to the trash.", Tone: "good", UndoURL: "/projects/1/restore"})},
		{"toast-out/bad", ToastOut(Toast{Text: "Somebody else was <faster>.", Tone: "bad"})},
		{"into/plain", within(Into("#panel"), text("inside"))},
		{"menu/plain", within(Menu("More of Move the office"), text("items"))},
		{"dialog-body/plain", within(DialogBody("Delete the project?"), text("body"))},
		{"markdown/clean", Markdown("<p>As it <strong>came</strong>.</p>")},
	}
}

func text(s string) templ.Component { return templ.Raw(s) }

// within puts children into a component, as { children... } does.
func within(c, children templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, children), w)
	})
}

func TestGallery_EveryComponentInEveryState(t *testing.T) {
	ctx := With(context.Background(), Env{Token: "secret", Zone: time.FixedZone("CET", 3600), Now: noon})
	for _, s := range gallery() {
		t.Run(s.name, func(t *testing.T) {
			var b strings.Builder
			if err := s.show.Render(ctx, &b); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(apptest.Tidy(b.String()), "secret") {
				t.Error("the token or a password stands in it")
			}
			apptest.Golden(t, s.name, b.String())
		})
	}
}

var exported = regexp.MustCompile(`(?m)^templ ([A-Z]\w*)\(`)

// No component is without a picture in the gallery, and no picture without its component.
func TestGallery_IsWhole(t *testing.T) {
	files, err := filepath.Glob("*.templ")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, s := range gallery() {
		component, _, _ := strings.Cut(s.name, "/")
		shown[strings.ReplaceAll(component, "-", "")] = true
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range exported.FindAllStringSubmatch(string(raw), -1) {
			if !shown[strings.ToLower(m[1])] {
				t.Errorf("%s is not in the gallery", m[1])
			}
		}
	}
	kept, err := filepath.Glob("testdata/golden/*/*.html")
	if err != nil {
		t.Fatal(err)
	}
	if len(kept) != len(gallery()) {
		t.Errorf("%d golden files for %d states: remove those that are left over", len(kept), len(gallery()))
	}
}

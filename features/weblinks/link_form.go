package weblinks

import (
	"slices"
	"strings"
	"unicode/utf8"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/components"
)

// linkForm is what a person fills in.
type linkForm struct {
	URL      string  `form:"url"`
	Name     string  `form:"name" validate:"max=200"` // empty: the page's own title, or its address
	Notes    string  `form:"notes" validate:"max=10000"`
	Icon     string  `form:"icon" validate:"max=60"`
	Category string  `form:"category" validate:"max=100"` // a name; a new one is made
	Tags     string  `form:"tags" validate:"max=1000"`    // names with commas between
	SeenBy   string  `form:"seen_by" validate:"omitempty,oneof=everyone roles me"`
	Roles    []int64 `form:"roles"`
	Pinned   bool    `form:"pinned"`
	Again    bool    `form:"again"` // although there is a link to that address
	Version  int64   `form:"version"`
	Once     string  `form:"once" validate:"max=64"`
}

// icons are the pictures a link may have; without one it has that of its sort of address.
var icons = []string{"", "book", "briefcase", "bug", "calendar", "chart-bar", "cloud", "cpu", "database", "file-text", "flag", "folder", "home", "id", "link", "mail", "message", "network", "phone", "rocket", "search", "server", "settings", "shield", "sitemap", "star", "table", "tag", "tool", "users", "wifi"}

func iconOptions() []components.Option {
	all := make([]components.Option, len(icons))
	for i, name := range icons {
		all[i] = components.Option{Value: name, Label: name}
	}
	all[0].Label = "By its address"
	return all
}

// labels are the fields' names on screen and in the history.
var labels = map[string]string{
	"url": "Address", "name": "Name", "notes": "Notes", "icon": "Icon", "category": "Category", "tags": "Tags", "seen_by": "Who sees it", "roles": "Roles", "pinned": "Pinned",
}

// fieldNames are the fields in the order of the form.
var fieldNames = []string{"url", "name", "notes", "icon", "category", "tags", "seen_by", "roles", "pinned"}

// tidy brings what was typed into the form in which it is kept.
// Errors: fault.Invalid by field.
func (f *linkForm) tidy() error {
	address, err := readAddress(f.URL)
	if err != nil {
		return err
	}
	f.URL, f.Name, f.Notes = address, oneLine(f.Name), strings.TrimSpace(f.Notes)
	f.Category = oneLine(f.Category)
	tags, err := tagsTyped(f.Tags)
	if err != nil {
		return err
	}
	slices.SortFunc(tags, func(a, b string) int { return strings.Compare(data.Key(a), data.Key(b)) }) // as they are read again
	f.Tags = strings.Join(tags, ", ")
	if f.SeenBy == "" {
		f.SeenBy = seenByAll
	}
	if f.SeenBy != seenByRoles {
		f.Roles = nil
	}
	switch {
	case !slices.Contains(icons, f.Icon):
		return fault.Field("icon", "Choose from the list.")
	case f.SeenBy == seenByRoles && len(f.Roles) == 0:
		return fault.Field("roles", "Choose at least one role.")
	}
	slices.Sort(f.Roles)
	f.Roles = slices.Compact(f.Roles)
	return nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// tagsTyped are the names between the commas, each once.
// Errors: fault.Invalid at the field tags.
func tagsTyped(typed string) ([]string, error) {
	var all []string
	seen := map[string]bool{}
	for part := range strings.FieldsFuncSeq(typed, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		name := oneLine(part)
		if name == "" || seen[data.Key(name)] {
			continue
		}
		if utf8.RuneCountInString(name) > wordMost {
			return nil, fault.Field("tags", "A tag has at most %d characters.", wordMost)
		}
		seen[data.Key(name)] = true
		all = append(all, name)
	}
	if len(all) > tagsMost {
		return nil, fault.Field("tags", "At most %d tags.", tagsMost)
	}
	return all, nil
}

// How many tags a link has at most, and how many characters a tag or a category.
const (
	tagsMost = 20
	wordMost = 100
)

// formOf is the form as it is opened.
func formOf(l Link, w words) linkForm {
	return linkForm{
		URL: l.URL, Name: l.Name, Notes: l.Notes, Icon: l.Icon, Category: w.categoryName(l.CategoryID), Tags: w.tagNames(l.Tags), SeenBy: l.SeenBy,
		Roles: split(l.Roles), Pinned: l.Pinned, Version: l.Version,
	}
}

// edited are the form's fields as they are sent and as people read them.
func (f linkForm) edited(access *auth.Access) []data.Edited {
	ids, names := make([]string, len(f.Roles)), make([]string, len(f.Roles))
	for i, r := range f.Roles {
		ids[i], names[i] = id(r), access.RoleName(r)
	}
	pinned, shown := "", "no"
	if f.Pinned {
		pinned, shown = "1", "yes"
	}
	all := []data.Edited{
		{Name: "url", Value: f.URL, Shown: f.URL}, {Name: "name", Value: f.Name, Shown: f.Name}, {Name: "notes", Value: f.Notes, Shown: f.Notes},
		{Name: "icon", Value: f.Icon, Shown: f.Icon}, {Name: "category", Value: f.Category, Shown: f.Category}, {Name: "tags", Value: f.Tags, Shown: f.Tags},
		{Name: "seen_by", Value: f.SeenBy, Shown: seenNames[f.SeenBy]}, {Name: "roles", Value: strings.Join(ids, ","), Shown: strings.Join(names, ", ")},
		{Name: "pinned", Value: pinned, Shown: shown},
	}
	for i := range all {
		all[i].Label = labels[all[i].Name]
	}
	return all
}

// only is the form with the values of the row in all fields but those.
func (f linkForm) only(was linkForm, names []string) linkForm {
	out := was
	set := map[string]func(){
		"url": func() { out.URL = f.URL }, "name": func() { out.Name = f.Name }, "notes": func() { out.Notes = f.Notes }, "icon": func() { out.Icon = f.Icon },
		"category": func() { out.Category = f.Category }, "tags": func() { out.Tags = f.Tags }, "seen_by": func() { out.SeenBy = f.SeenBy },
		"roles": func() { out.Roles = f.Roles }, "pinned": func() { out.Pinned = f.Pinned },
	}
	for _, n := range names {
		set[n]()
	}
	return out
}

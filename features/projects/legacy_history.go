package projects

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"portal/app/data"
	"portal/app/legacy"
)

// details are what an old line of history says.
type details struct {
	fields []data.Field // changed from what to what, by our names
	said   string       // what is in it besides, in words
}

// ourFields are our names of fields, by the old ones.
var ourFields = map[string]string{
	"status_id": "status", "priority_id": "priority", "assigned_to": "assignee", "assigned_to_id": "assignee", "lead_id": "lead",
	"due_date": "due_on", "percent_complete": "percent", "is_private": "private", "parent_id": "parent", "title": "name",
}

// detailsOf reads the JSON of a line: an object of {old, new} by field, any other object, or nothing.
func detailsOf(r legacy.Record) details {
	var d details
	object := map[string]any{}
	text := r.Text("details")
	if text == "" || text == "null" {
		return d
	}
	if json.Unmarshal([]byte(text), &object) != nil {
		d.said = text
		return d
	}
	names := make([]string, 0, len(object))
	for n := range object {
		names = append(names, n)
	}
	slices.Sort(names)
	var said []string
	for _, n := range names {
		pair, ok := object[n].(map[string]any)
		_, old := pair["old"]
		_, now := pair["new"]
		if !ok || !old && !now {
			said = append(said, n+" "+plainText(object[n]))
			continue
		}
		field := n
		if ours := ourFields[n]; ours != "" {
			field = ours
		}
		d.fields = append(d.fields, data.Field{Name: data.Cut(field, 60), Old: plainText(pair["old"]), New: plainText(pair["new"])})
	}
	d.said = strings.Join(said, ", ")
	return d
}

// plainText is a JSON value as people read it.
func plainText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case float64:
		if v == float64(int64(v)) {
			return id(int64(v))
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}

// sentences are the old portal's actions as our history says them.
var sentences = map[string]string{
	"commented": "commented", "moved": "moved the task", "reordered": "moved the task within its column", "batch_reordered": "put tasks in another order",
	"todo_created": "added a todo", "todo_updated": "changed a todo", "todo_deleted": "deleted a todo", "todos_reordered": "put todos in another order",
	"status_updated": "changed the status", "priority_updated": "changed the priority",
}

// sentenceOf says what happened, in the past tense.
func sentenceOf(action, thing string, d details) string {
	what := sentences[action]
	switch {
	case action == "created":
		return "made the " + thing
	case action == "deleted":
		what = "deleted a task"
		if thing == "project" {
			what = "deleted the project"
		}
	case len(d.fields) > 0 && what == "":
		return sentence(labelledFields(d.fields))
	case action == "updated":
		what = "changed the " + thing
	case what == "":
		what = strings.ReplaceAll(action, "_", " ")
	}
	if d.said != "" {
		what += ": " + d.said
	}
	return data.Cut(what, 300)
}

// labelledFields are those our pages have a name for; all, when there are none.
func labelledFields(fields []data.Field) []data.Field {
	var all []data.Field
	for _, f := range fields {
		if labels[f.Name] != "" {
			all = append(all, f)
		}
	}
	if len(all) == 0 {
		return []data.Field{{Name: "text"}}
	}
	return all
}

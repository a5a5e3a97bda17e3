package admin

import (
	"strconv"
	"strings"

	"portal/app/auth"
	"portal/components"
)

// effectView is what a change will do, before it is saved.
type effectView struct {
	title    string
	does     string // who, reset or remove
	lines    []effectLine
	effect   auth.Effect
	audience string
	roles    []string
	note     string // what has changed meanwhile
	back     string
	tree     mappingTree
	alone    bool // stands on a page of its own: what htmx would fill is on another
}

// effectLine is one mapping that changes.
type effectLine struct {
	node, title, was, is string
	version              int64
}

// effectGroup are the people for whom the same changes.
type effectGroup struct {
	people       []auth.Person
	gains, loses []string
}

// groups puts those together for whom the same changes, in the order of the first of each.
func (e effectView) groups() []effectGroup {
	var all []effectGroup
	at := map[string]int{}
	for _, t := range e.effect.People {
		key := strings.Join(t.Gains, " ") + "|" + strings.Join(t.Loses, " ")
		i, known := at[key]
		if !known {
			i = len(all)
			at[key] = i
			all = append(all, effectGroup{gains: t.Gains, loses: t.Loses})
		}
		all[i].people = append(all[i].people, t.Person)
	}
	return all
}

// summary says it in numbers.
func (e effectView) summary() []string {
	var all []string
	say := func(r auth.Reach, verb string) {
		if r.People == 1 {
			verb += "s"
		}
		if r.People > 0 {
			all = append(all, people(r.People)+" "+verb+" access, over "+components.Plural(r.Routes, "route")+" in all.")
		}
	}
	say(e.effect.Gains, "gain")
	say(e.effect.Loses, "lose")
	if len(all) == 0 && e.effect.None() {
		all = append(all, "Nobody gains or loses access by this.")
	}
	return all
}

// people is how many there are.
func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return strconv.Itoa(n) + " people"
}

// shownFirst is how many names stand open; the others are one click away.
const shownFirst = 10

// firstOf and restOf cut a list after the names that stand open.
func firstOf[T any](all []T) []T { return all[:min(shownFirst, len(all))] }

func restOf[T any](all []T) []T { return all[min(shownFirst, len(all)):] }

// named are the routes with their titles.
func (e effectView) named(routes []string) []string {
	all := make([]string, len(routes))
	for i, r := range routes {
		all[i] = e.tree.title(r) + " (" + r + ")"
	}
	return all
}

func names(people []auth.Person) []string {
	all := make([]string, len(people))
	for i, p := range people {
		all[i] = p.Name
	}
	return all
}

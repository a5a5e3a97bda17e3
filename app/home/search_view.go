package home

import (
	"slices"

	"portal/app/search"
	"portal/app/web"
	"portal/components"
)

// searchFilter is the query string of the search page.
type searchFilter struct {
	Text string `query:"q"`
	Kind string `query:"kind"`
	Page int    `query:"page"`
}

const searchPath = "/search"

func (f searchFilter) link(pairs ...string) string { return web.Link(searchPath, f, pairs...) }

// found is what the search page and the palette show.
type found struct {
	f       searchFilter
	query   search.Query
	recent  bool            // hits are what was opened last: nothing is looked for
	actions []search.Action // pages and actions
	hits    []search.Hit
	counts  []search.Count
	more    bool // more things have the words than are counted
	filling bool // not all has its entries yet
	still   bool // seen through another's eyes: nothing is sent
}

// hitGroup is the hits of one kind.
type hitGroup struct {
	title string
	hits  []search.Hit
}

// groups are the hits by their kinds, the kind of the best hit first.
func (v found) groups() []hitGroup {
	if v.recent {
		return []hitGroup{{"Opened last", v.hits}}
	}
	var all []hitGroup
	for _, h := range v.hits {
		i := slices.IndexFunc(all, func(g hitGroup) bool { return g.title == h.Kind.Title })
		if i < 0 {
			i, all = len(all), append(all, hitGroup{title: h.Kind.Title})
		}
		all[i].hits = append(all[i].hits, h)
	}
	return all
}

// total is how many things there are of the kind that is shown.
func (v found) total() int {
	n := 0
	for _, c := range v.counts {
		if v.f.Kind == "" || v.f.Kind == c.Kind.Name {
			n += c.N
		}
	}
	return n
}

// tabs are the kinds that something was found of.
func (v found) tabs() []components.Tab {
	all := 0
	tabs := []components.Tab{{Label: "All", URL: v.f.link("kind", ""), Icon: "search", Active: v.f.Kind == ""}}
	for _, c := range v.counts {
		all += c.N
		tabs = append(tabs, components.Tab{Label: c.Kind.Title, URL: v.f.link("kind", c.Kind.Name), Icon: c.Kind.Icon, Count: c.N, Active: v.f.Kind == c.Kind.Name})
	}
	tabs[0].Count = all
	if v.more { // what is counted is not all
		for i := range tabs {
			tabs[i].Count = -1
		}
	}
	return tabs
}

// pages are the pages of the results.
func (v found) pages() components.Pages {
	return components.Pages{Page: max(1, v.f.Page), Size: searchSize, Total: v.total(), Noun: "thing", Link: func(page, _ int) string { return v.f.link("page", id(page)) }}
}

// said is what the search is heard to have found.
func (v found) said() string {
	n := len(v.hits) + len(v.actions)
	switch {
	case v.query.Typed == "":
		return ""
	case n == 0:
		return "Nothing found for “" + v.query.Typed + "”."
	}
	return components.Plural(n, "result") + "."
}

// nothing is what an empty page of results says.
func (v found) nothing() components.EmptyState {
	switch {
	case v.query.Typed == "":
		return components.EmptyState{Icon: "search", Title: "What are you looking for?", Text: "Words find what has them or begins so: cab finds cable. “Words in quotes” stand so behind each other; -word leaves out what has it."}
	case v.query.Empty():
		return components.EmptyState{Icon: "search", Title: "Nothing to look for", Text: "Say also a word that is to be found, not only what is to be left out."}
	}
	return components.EmptyState{Icon: "search", Title: "Nothing found for “" + v.query.Typed + "”", Text: "Fewer words find more, and so do beginnings of words. What you may not see is not found."}
}

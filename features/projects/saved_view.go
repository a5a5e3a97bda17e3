package projects

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/savedview"
	"portal/app/web"
	"portal/components"
)

// savedList is a list with saved views: where it is, and what of an address says what it shows.
type savedList struct {
	savedview.List
	path  string
	title string
	query func(*fiber.Ctx) string // of the address, in one way of writing it, with known parameters only
}

// The lists with saved views, by the beginning of their keys.
const (
	savedProjects = "projects"
	savedMine     = "projects.mine"
	savedTasks    = "projects.tasks:"
	savedBoard    = "projects.board:"
)

// savedList is the list of that key, if the viewer may know of it.
// Errors: fault.NotFound.
func (b base) savedList(ctx context.Context, key string) (savedList, error) {
	switch key {
	case "", savedProjects:
		return listView{}.list(), nil
	case savedMine:
		return mineList(), nil
	}
	board := strings.HasPrefix(key, savedBoard)
	text, found := strings.CutPrefix(key, savedTasks)
	if board {
		text, found = strings.CutPrefix(key, savedBoard)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !found || id(n) != text {
		return savedList{}, fault.New(fault.NotFound, "There is no such list.")
	}
	h, err := b.projects.Get(ctx, n)
	if err != nil {
		return savedList{}, err
	}
	if board {
		return boardList(h.Project), nil
	}
	return taskList(h.Project), nil
}

// taskList and boardList are those of a project, which the viewer must have been found to know.
func taskList(p Project) savedList {
	return savedList{savedview.List{Feature: "projects", Key: savedTasks + id(p.ID), Stale: []string{seenFamily(p.ID)}}, p.Path() + "/list", p.Name + ": tasks", taskQuery}
}

func boardList(p Project) savedList {
	return savedList{savedview.List{Feature: "projects", Key: savedBoard + id(p.ID), Stale: []string{seenFamily(p.ID)}}, p.Path(), p.Name + ": board", taskQuery}
}

func taskQuery(c *fiber.Ctx) string {
	f := taskFilterOf(c)
	f.Saved = 0
	return strings.TrimPrefix(f.link("", "deep", ""), "?")
}

func projectQuery(c *fiber.Ctx) string {
	var f projectFilter
	web.Query(c, &f)
	f.List, f.Saved = f.Tidy(), 0
	return strings.TrimPrefix(f.query(), "?")
}

// everything is the parameter of a list that opens with a view: it shows the list as it is.
const everything = "show=all"

// address is the view's, with its number, so that the list knows what it was opened with.
func (l savedList) address(v savedview.View) string {
	if v.Query == "" {
		return l.path + "?" + everything + "&saved=" + id(v.ID)
	}
	return l.path + "?" + v.Query + "&saved=" + id(v.ID)
}

// savedMenu is the menu of a list's views.
type savedMenu struct {
	savedList
	views    savedview.Views
	now      string         // the query of what is shown
	current  savedview.View // what it was opened with, or is; the zero View for none
	own      bool           // current is the viewer's
	me       *auth.Viewer
	names    func(owner int64) string
	roleName func(int64) string
}

// Routes that the menu and its page ask about.
const (
	saveView  = "projects.view.edit.save"
	shareView = "projects.view.share"
)

// menu is the menu of the list's views, for what the address shows.
func (b base) menu(c *fiber.Ctx, l savedList) (savedMenu, error) {
	ctx := c.UserContext()
	m := savedMenu{savedList: l, now: l.query(c), me: auth.From(ctx)}
	v, err := b.projects.view(ctx)
	if err != nil {
		return m, err
	}
	m.names, m.roleName = v.personName, v.access.RoleName
	if m.views, err = b.views.For(ctx, l.List); err != nil {
		return m, err
	}
	m.current = m.views.Find(int64(c.QueryInt("saved", 0)))
	if m.current.ID == 0 {
		for _, one := range slices.Concat(m.views.Own, m.views.Shared) {
			if one.Query == m.now && one.Query != "" {
				m.current = one
				break
			}
		}
	}
	m.own = m.current.ID != 0 && m.current.OwnerID == m.me.ID
	return m, nil
}

// opened is where the list goes on to when it is opened without saying what to show; empty for nowhere.
func (b base) opened(c *fiber.Ctx, l savedList) (string, error) {
	if len(c.Request().URI().QueryString()) > 0 || web.IsFragment(c) {
		return "", nil
	}
	seen, err := b.views.For(c.UserContext(), l.List)
	if err != nil || seen.Default.ID == 0 {
		return "", err
	}
	return l.address(seen.Default), nil
}

// changed reports whether something else is shown than the view says.
func (m savedMenu) changed() bool { return m.current.ID != 0 && m.current.Query != m.now }

func (m savedMenu) label() string {
	if m.current.ID == 0 {
		return "Views"
	}
	return m.current.Name
}

// action is where a form of the menu goes, with what is shown.
func (m savedMenu) action(verb string) string {
	to := "/projects/views" + verb + "?list=" + url.QueryEscape(m.Key)
	if m.now != "" {
		to += "&" + m.now
	}
	return to
}

func (m savedMenu) page() string { return "/projects/views?list=" + url.QueryEscape(m.Key) }

func (m savedMenu) viewPath(v savedview.View, verb string) string {
	return "/projects/views/" + id(v.ID) + "/" + verb + "?list=" + url.QueryEscape(m.Key)
}

// roles are those that a view may be shared with: the viewer's own.
func (m savedMenu) roles() []components.Option {
	all := []components.Option{{Value: "0", Label: "Nobody else"}}
	for _, r := range sorted(m.me.Roles()) {
		if name := m.roleName(r); name != "" {
			all = append(all, components.Option{Value: id(r), Label: name})
		}
	}
	return all
}

func roleOf(v savedview.View) string { return id(data.OrZero(v.RoleID)) }

// list is the list of projects, for its views.
func (listView) list() savedList {
	return savedList{savedview.List{Feature: "projects", Key: savedProjects, Stale: []string{listFamily}}, "/projects", "Projects", projectQuery}
}

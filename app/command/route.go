package command

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"portal/app"
	"portal/app/auth"
)

func (t *tool) routeCommand() *cobra.Command {
	return group("route", "Routes and the mappings that say who may use them",
		t.routeList(), t.routeCheck(), t.routeClean(), t.routeSet(), t.routeReset(), t.routeWhy())
}

// route is a route as commands print it.
type route struct {
	Method  string   `json:"method"`
	Path    string   `json:"path"`
	Name    string   `json:"name"`
	Title   string   `json:"title"`
	Feature string   `json:"feature"`
	Node    string   `json:"mapping"` // that decides; empty for none
	Who     []string `json:"who"`     // roles; anyone and signed-in stand for themselves
}

func (t *tool) routeList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List every route and who may use it", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error {
			return t.with(c.Context(), func(_ context.Context, p *app.Portal) error {
				all := routes(p)
				return t.print(all, func(w *bytes.Buffer) {
					row(w, "METHOD", "PATH", "NAME", "FEATURE", "WHO MAY")
					for _, r := range all {
						row(w, r.Method, r.Path, r.Name, r.Feature, strings.Join(r.Who, ", "))
					}
				})
			})
		},
	}
}

func routes(p *app.Portal) []route {
	a := p.Gate.Access()
	all := make([]route, 0, len(p.Routes))
	for _, m := range p.Routes {
		r := route{Method: m.Method, Path: m.Path, Name: m.Name, Title: m.Title, Feature: m.Feature, Who: a.Who(m.Name)}
		if d := a.Deciding(m.Name); d != nil {
			r.Node = d.Node
		}
		all = append(all, r)
	}
	return all
}

func (t *tool) routeCheck() *cobra.Command {
	return &cobra.Command{
		Use: "check", Short: "Compare routes and mappings; ends with 1 when they do not fit", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error {
			return t.with(c.Context(), func(_ context.Context, p *app.Portal) error { return t.check(p) })
		},
	}
}

func (t *tool) check(p *app.Portal) error {
	check := p.CheckRoutes()
	for _, list := range []*[]string{&check.Invalid, &check.Waiting, &check.Open, &check.New, &check.Changed} {
		if *list == nil {
			*list = []string{}
		}
	}
	err := t.print(check, func(w *bytes.Buffer) {
		for _, node := range check.Invalid {
			row(w, node, "a mapping that no route has or begins with; “portal route clean” removes it")
		}
		for _, node := range check.Waiting {
			row(w, node, "waits for a feature that is not in this version")
		}
		for _, name := range check.Open {
			row(w, name, "a route that no mapping covers: only administrators pass")
		}
		for _, node := range check.New {
			row(w, node, "new: it has just got its default mapping")
		}
		for _, node := range check.Changed {
			row(w, node, "changed by a person, to "+whoOf(p, node))
		}
		if len(check.Invalid)+len(check.Open) == 0 {
			rest := ""
			if n := len(check.Waiting); n > 0 {
				rest = " but the " + count(n, "mapping") + " above, for what is to come"
			}
			fmt.Fprintf(w, "All %d routes are covered, and all mappings point to one%s.\n", len(p.Routes), rest)
		}
	})
	if err == nil && len(check.Invalid)+len(check.Open) > 0 {
		err = fmt.Errorf("%s and %s do not fit; change the mappings listed above",
			count(len(check.Invalid), "mapping"), count(len(check.Open), "route"))
	}
	return err
}

// whoOf says whom the node's own mapping is for.
func whoOf(p *app.Portal, node string) string {
	a := p.Gate.Access()
	m := a.Mappings[node]
	if m == nil {
		return a.WhoSaid(auth.ForInherit, nil)
	}
	return a.WhoSaid(m.Audience, m.Roles)
}

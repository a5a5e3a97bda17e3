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

// mappingChange is a change of mappings as commands print it.
type mappingChange struct {
	Nodes    []string       `json:"nodes"`
	Saved    bool           `json:"saved"` // false: only looked at, or there was nothing to do
	Undo     int64          `json:"undo"`  // number of the change, 0 for none
	People   []mappingTouch `json:"people"`
	Visitors mappingTouch   `json:"not_signed_in"` // what changes for people who are not signed in
}

// mappingTouch is what changes for somebody; names of routes.
type mappingTouch struct {
	Username string   `json:"username,omitempty"`
	Name     string   `json:"name,omitempty"`
	Gains    []string `json:"gains"`
	Loses    []string `json:"loses"`
}

func touchOf(t auth.Touched) mappingTouch {
	m := mappingTouch{t.Person.Username, t.Person.Name, t.Gains, t.Loses}
	if m.Gains == nil {
		m.Gains = []string{}
	}
	if m.Loses == nil {
		m.Loses = []string{}
	}
	return m
}

// dryRun declares the flag by which a command only says what it would do.
func dryRun(c *cobra.Command) *bool {
	return c.Flags().Bool("dry-run", false, "only say what would change")
}

func (t *tool) routeSet() *cobra.Command {
	c := &cobra.Command{
		Use: "set <node> <anyone|signed-in|inherit|role,role>", Short: "Set who may use a route or a part of the names, and say who gains and loses",
		Args: words("a node", "who may"),
	}
	dry := dryRun(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
			e := auth.MappingEdit{Node: args[0], Version: auth.AnyVersion, Who: whoTyped(args[1])}
			return t.changeMappings(ctx, p, []auth.MappingEdit{e}, *dry)
		})
	}
	return c
}

// whoTyped reads who may: one of the three words, or roles with commas between.
func whoTyped(s string) *auth.Who {
	switch audience := auth.Audience(s); audience {
	case auth.ForAnyone, auth.ForSignedIn, auth.ForInherit:
		return &auth.Who{Audience: audience}
	}
	w := &auth.Who{Audience: auth.ForRoles}
	for role := range strings.SplitSeq(s, ",") {
		if role = strings.TrimSpace(role); role != "" {
			w.Roles = append(w.Roles, role)
		}
	}
	return w
}

func (t *tool) routeReset() *cobra.Command {
	c := &cobra.Command{Use: "reset <node>", Short: "Give a node the mapping that the portal comes with", Args: words("a node")}
	dry := dryRun(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
			return t.changeMappings(ctx, p, []auth.MappingEdit{{Node: args[0], Version: auth.AnyVersion, Reset: true}}, *dry)
		})
	}
	return c
}

func (t *tool) routeClean() *cobra.Command {
	c := &cobra.Command{Use: "clean", Short: "Remove the mappings that no route has or begins with", Args: words()}
	dry := dryRun(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error { return t.clean(ctx, p, *dry) })
	}
	return c
}

func (t *tool) clean(ctx context.Context, p *app.Portal, dry bool) error {
	made := mappingChange{Nodes: p.CheckRoutes().Invalid, People: []mappingTouch{}, Visitors: touchOf(auth.Touched{})}
	var edits []auth.MappingEdit
	var said []string
	for _, node := range made.Nodes {
		edits = append(edits, auth.MappingEdit{Node: node, Version: auth.AnyVersion, Remove: true})
		said = append(said, whoOf(p, node))
	}
	if made.Nodes == nil {
		made.Nodes = []string{}
	}
	if len(edits) > 0 && !dry {
		var err error
		if made.Undo, err = p.Mappings.Save(ctx, edits); err != nil {
			return err
		}
		made.Saved = true
	}
	return t.print(made, func(w *bytes.Buffer) {
		verb := "removed"
		if dry {
			verb = "would be removed"
		}
		for i, node := range made.Nodes {
			row(w, node, verb+"; it was for "+said[i])
		}
		if len(made.Nodes) == 0 {
			fmt.Fprintln(w, "All mappings point to a route; there is nothing to remove.")
		}
	})
}

// changeMappings says who gains and who loses what, and saves unless it is only to be looked at.
func (t *tool) changeMappings(ctx context.Context, p *app.Portal, edits []auth.MappingEdit, dry bool) error {
	node := edits[0].Node
	was := whoOf(p, node)
	effect, err := p.Mappings.Effect(ctx, edits)
	if err != nil {
		return err
	}
	made := mappingChange{Nodes: []string{node}, People: []mappingTouch{}, Visitors: touchOf(effect.Visitors)}
	for _, one := range effect.People {
		made.People = append(made.People, touchOf(one))
	}
	if !dry {
		if made.Undo, err = p.Mappings.Save(ctx, edits); err != nil {
			return err
		}
		made.Saved = made.Undo != 0
	}
	return t.print(made, func(w *bytes.Buffer) {
		touched(w, effect)
		switch {
		case effect.Changes == 0:
			fmt.Fprintf(w, "Nothing had to be changed: %s is so already.\n", node)
		case dry:
			fmt.Fprintf(w, "Nothing is changed yet: %s is still for %s.\n", node, was)
		default:
			fmt.Fprintf(w, "Saved: %s was for %s and is for %s.\n", node, was, whoOf(p, node))
		}
	})
}

// touched lists who gains and who loses, by count and by name.
func touched(w *bytes.Buffer, e auth.Effect) {
	line := func(who string, gains, loses []string) {
		if len(gains) > 0 {
			row(w, who, "gains "+some(gains))
		}
		if len(loses) > 0 {
			row(w, who, "loses "+some(loses))
		}
	}
	line("Who is not signed in", e.Visitors.Gains, e.Visitors.Loses)
	for _, one := range e.People {
		line(one.Person.Name+" ("+one.Person.Username+")", one.Gains, one.Loses)
	}
	fmt.Fprintf(w, "People who gain: %d, routes gained: %d. People who lose: %d, routes lost: %d.\n",
		e.Gains.People, e.Gains.Routes, e.Loses.People, e.Loses.Routes)
}

func (t *tool) routeWhy() *cobra.Command {
	return &cobra.Command{
		Use: "why <user name> <route>", Short: "Say whether somebody may use a route, and by which chain; - stands for a visitor",
		Args: words("a user name", "the name of a route"),
		RunE: func(c *cobra.Command, args []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error { return t.why(ctx, p, args[0], args[1]) })
		},
	}
}

func (t *tool) why(ctx context.Context, p *app.Portal, name, route string) error {
	if !p.Mappings.Tree().Has(route) {
		return fmt.Errorf("there is no route %s; “portal route list” names all", route)
	}
	if name == "-" {
		name = ""
	}
	e, err := p.Users.Explain(ctx, name, route)
	if err != nil {
		return err
	}
	return t.print(e, func(w *bytes.Buffer) {
		verdict := "refused"
		if e.Allowed {
			verdict = "allowed"
		}
		fmt.Fprintf(w, "%s: %s\n", route, verdict)
		for _, s := range e.Said() {
			fmt.Fprintln(w, "  "+s)
		}
		fmt.Fprintf(w, "Who may: %s.\n", auth.Joined(e.Roles))
	})
}

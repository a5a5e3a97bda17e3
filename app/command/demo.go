package command

import (
	"context"

	"github.com/spf13/cobra"

	"portal/app"
	"portal/app/demo"
)

func (t *tool) demoCommand() *cobra.Command {
	var o demo.Options
	c := &cobra.Command{
		Use: "demo", Short: "Fill an empty database with a believable department", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := sizes(o); err != nil {
				return err
			}
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error { return t.fill(ctx, p, o) })
		},
	}
	demoFlags(c, &o)
	c.Flags().StringVar(&o.Password, "password", "", "password of all its people (else one is made and printed)")
	return c
}

// demoFlags are the department's size.
func demoFlags(c *cobra.Command, o *demo.Options) {
	c.Flags().IntVar(&o.Users, "users", 200, "people")
	c.Flags().IntVar(&o.Projects, "projects", 300, "projects")
	c.Flags().IntVar(&o.Tasks, "tasks", 12000, "tasks")
}

// sizes refuses departments that can't be made.
func sizes(o demo.Options) error {
	for _, n := range []struct {
		name            string
		value, min, max int
	}{{"users", o.Users, 4, 20000}, {"projects", o.Projects, 1, 50000}, {"tasks", o.Tasks, 1, 2000000}} {
		if n.value < n.min || n.value > n.max {
			return wrongly("-%s: %d is outside %d to %d", n.name, n.value, n.min, n.max)
		}
	}
	return nil
}

// filled is what a program is told of the department.
type filled struct {
	Users    int    `json:"users"`
	Projects int    `json:"projects"`
	Tasks    int    `json:"tasks"`
	Comments int    `json:"comments"`
	Password string `json:"password"`
}

func (t *tool) fill(ctx context.Context, p *app.Portal, o demo.Options) error {
	b := bar{tool: t}
	s, err := p.FillDemo(ctx, o, func(done, all int) { b.show("Filling", done, all) })
	b.end()
	if err == nil {
		err = t.index(ctx, p)
	}
	if err != nil {
		return err
	}
	return t.say(filled{s.Users, s.Projects, s.Tasks, s.Comments, s.Password},
		"The department has %d people, %d projects, %d tasks and %d comments.\nSign in as admin, manager, user or auditor; everybody's password is %s",
		s.Users, s.Projects, s.Tasks, s.Comments, s.Password)
}

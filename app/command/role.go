package command

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"portal/app"
	"portal/app/auth"
	"portal/app/fault"
)

func (t *tool) roleCommand() *cobra.Command {
	return group("role", "Roles: make them, change them, give them and take them",
		t.roleList(), t.roleAdd(), t.roleSet(), t.roleDelete(), t.grantCommand(), t.revokeCommand())
}

// role is a role as commands print it.
type role struct {
	Name     string   `json:"name"`
	Includes []string `json:"includes"` // near and far
	Members  []string `json:"members"`  // user names of those who hold it themselves
}

func (t *tool) roleList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List all roles, what they include and who holds them", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
				all, err := roles(ctx, p)
				if err != nil {
					return err
				}
				return t.print(all, func(w *bytes.Buffer) {
					row(w, "ROLE", "INCLUDES", "MEMBERS")
					for _, r := range all {
						row(w, r.Name, strings.Join(r.Includes, ", "), some(r.Members))
					}
				})
			})
		},
	}
}

func roles(ctx context.Context, p *app.Portal) ([]role, error) {
	people, err := p.Users.All(ctx)
	if err != nil {
		return nil, err
	}
	a := p.Gate.Access()
	var all []role
	for _, name := range a.RoleNames() {
		r := role{Name: name, Includes: []string{}, Members: []string{}}
		for _, id := range a.Including([]int64{a.RoleID(name)}) {
			if other := a.RoleName(id); other != name {
				r.Includes = append(r.Includes, other)
			}
		}
		for _, one := range people {
			if slices.Contains(one.Roles, name) {
				r.Members = append(r.Members, one.Username)
			}
		}
		all = append(all, r)
	}
	return all, nil
}

// shownMembers is how many members a line of the table names.
const shownMembers = 8

// some are the first few names, and how many there are.
func some(names []string) string {
	if len(names) <= shownMembers {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:shownMembers], ", ") + " and " + count(len(names)-shownMembers, "other")
}

// roleFlags are what can be said of a role.
type roleFlags struct {
	name, notes, icon string
	includes          []string
	secondFactor      bool
}

func (f *roleFlags) declare(c *cobra.Command) {
	c.Flags().StringVar(&f.notes, "notes", "", "who has the role, and for what")
	c.Flags().StringVar(&f.icon, "icon", "", "icon")
	c.Flags().StringSliceVar(&f.includes, "includes", nil, "roles that it includes, with commas between; empty for none")
	c.Flags().BoolVar(&f.secondFactor, "second-factor", false, "its members need a second factor; -second-factor=false takes it back")
}

func (t *tool) roleAdd() *cobra.Command {
	var f roleFlags
	c := &cobra.Command{
		Use: "add <role>", Short: "Make a role", Args: words("a role"),
		RunE: func(c *cobra.Command, args []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
				_, err := auth.NewRoles(p.Users).Create(ctx, auth.RoleForm{Name: args[0], Notes: f.notes, Icon: f.icon, Includes: f.includes, SecondFactor: f.secondFactor})
				if err != nil {
					return err
				}
				return t.say(done{true}, "The role %s is made.", args[0])
			})
		},
	}
	f.declare(c)
	return c
}

func (t *tool) roleSet() *cobra.Command {
	var f roleFlags
	c := &cobra.Command{
		Use: "set <role>", Short: "Change a role; what is left out stays", Args: words("a role"),
		RunE: func(c *cobra.Command, args []string) error {
			return t.withRole(c.Context(), args[0], func(ctx context.Context, s *auth.Roles, r auth.RoleInfo) error {
				to := auth.RoleForm{Name: r.Name, Notes: r.Notes, Icon: r.Icon, Includes: r.Includes, SecondFactor: r.SecondFactor}
				for name, change := range map[string]func(){
					"name": func() { to.Name = f.name }, "notes": func() { to.Notes = f.notes }, "icon": func() { to.Icon = f.icon },
					"includes": func() { to.Includes = f.includes }, "second-factor": func() { to.SecondFactor = f.secondFactor },
				} {
					if c.Flags().Changed(name) {
						change()
					}
				}
				if err := s.Edit(ctx, r.ID, r.Version, to); err != nil {
					return err
				}
				return t.say(done{true}, "The role %s is saved.", to.Name)
			})
		},
	}
	c.Flags().StringVar(&f.name, "name", "", "another name")
	f.declare(c)
	return c
}

func (t *tool) roleDelete() *cobra.Command {
	return &cobra.Command{
		Use: "delete <role>", Short: "Delete a role; who holds it loses it, and mappings no longer name it", Args: words("a role"),
		RunE: func(c *cobra.Command, args []string) error {
			return t.withRole(c.Context(), args[0], func(ctx context.Context, s *auth.Roles, r auth.RoleInfo) error {
				if err := s.Delete(ctx, r.ID, r.Version); err != nil {
					return err
				}
				return t.say(done{true}, "The role %s is deleted: %s and %s had it.", r.Name, count(r.Members, "account"), count(r.Mappings, "mapping"))
			})
		},
	}
}

// withRole does something with the role of that name.
func (t *tool) withRole(ctx context.Context, name string, do func(context.Context, *auth.Roles, auth.RoleInfo) error) error {
	return t.with(ctx, func(ctx context.Context, p *app.Portal) error {
		s := auth.NewRoles(p.Users)
		all, err := s.All(ctx)
		if err != nil {
			return err
		}
		for _, r := range all {
			if r.Name == name {
				return do(ctx, s, r)
			}
		}
		return fault.New(fault.NotFound, "There is no role %s; there are %s.", name, strings.Join(p.Gate.Access().RoleNames(), ", "))
	})
}

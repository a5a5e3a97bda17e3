package command

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"portal/app"
)

func (t *tool) roleCommand() *cobra.Command {
	return group("role", "Roles: list them, give them and take them",
		t.roleList(), t.roleChange("grant", "Give an account a role", true), t.roleChange("revoke", "Take a role from an account", false))
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

func (t *tool) roleChange(name, short string, grant bool) *cobra.Command {
	return &cobra.Command{
		Use: name + " <user name> <role>", Short: short, Args: words("a user name", "a role"),
		RunE: func(c *cobra.Command, args []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
				if grant {
					if err := p.Users.Grant(ctx, args[0], args[1]); err != nil {
						return err
					}
					return t.say(done{true}, "%s holds the role %s.", args[0], args[1])
				}
				if err := p.Users.Revoke(ctx, args[0], args[1]); err != nil {
					return err
				}
				return t.say(done{true}, "%s no longer holds the role %s.", args[0], args[1])
			})
		},
	}
}

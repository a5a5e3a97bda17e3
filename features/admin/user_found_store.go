package admin

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/search"
)

// userFind are the people, as they can be found by who may see their accounts.
func userFind() search.Kind {
	return search.Kind{
		Name: "admin.user", Title: "People", One: "Person", Icon: "user", Route: "admin.user.see.one", Table: "users", Version: 1,
		Load: func(ctx context.Context, tx *data.Tx, ids []int64) ([]search.Entry, error) {
			var rows []auth.User
			err := tx.Lock(tx.NewSelect().Model(&rows).Column("id", "username", "name", "email", "phone", "employee_number", "updated_at").
				Where("id IN (?)", bun.In(ids)).OrderExpr("id")).Scan(ctx)
			var all []search.Entry
			for _, u := range rows {
				all = append(all, search.Entry{
					ID: u.ID, Title: u.Name, Text: strings.Join(strings.Fields(strings.Join([]string{u.Username, u.Email, u.Phone, u.EmployeeNumber}, " ")), " "),
					URL: userPath(u.ID), At: u.UpdatedAt,
				})
			}
			return all, err
		},
	}
}

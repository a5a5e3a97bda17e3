package admin

import (
	"bytes"
	"encoding/csv"
	"strings"
	"time"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/sheet"
)

// userCSV is the list as a spreadsheet reads it: UTF-8 with a mark at its beginning, commas between.
func userCSV(rows []userRow, zone *time.Location) ([]byte, error) {
	b := bytes.NewBufferString("\ufeff")
	w := csv.NewWriter(b)
	head := []string{"username", "name", "email", "phone", "employee_number", "zone", "roles", "locked", "source", "last_sign_in"}
	if err := w.Write(head); err != nil {
		return nil, err
	}
	for _, r := range rows {
		locked, last := "no", ""
		if r.LockedAt != nil {
			locked = "yes"
		}
		if r.LastSignInAt != nil {
			last = r.LastSignInAt.In(zone).Format("2006-01-02 15:04")
		}
		cells := []string{r.Username, r.Name, r.Email, r.Phone, r.EmployeeNumber, r.Zone, strings.Join(grantNames(r.Grants, nil), ", "), locked, r.Source, last}
		for i := range cells {
			cells[i] = sheet.Cell(cells[i])
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// grantNames are the names of roles, each with its last day when a zone is given.
func grantNames(grants []auth.Grant, zone *time.Location) []string {
	var all []string
	for _, g := range grants {
		name := g.Role
		if zone != nil && g.UntilAt != nil {
			name += " until " + string(g.LastDay(zone))
		}
		all = append(all, name)
	}
	return all
}

// userDay is a calendar day as people read it; empty for none.
func userDay(d clock.Day) string { return d.Text("") }

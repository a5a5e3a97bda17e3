package auth

import (
	"context"
	"fmt"
	"maps"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"portal/app/data"
	"portal/app/fault"
)

// Details are what an account says of its person.
type Details struct {
	Username, Name, Email string
	Phone, EmployeeNumber string
	Zone                  string // IANA name; empty for the portal's
}

// username is what a user name may look like: it stands in @mentions and addresses.
var username = regexp.MustCompile(`^[\pL\pN][\pL\pN._@+-]*$`)

// tidy is d without blanks around its texts.
func (d Details) tidy() Details {
	for _, s := range []*string{&d.Username, &d.Name, &d.Email, &d.Phone, &d.EmployeeNumber, &d.Zone} {
		*s = strings.TrimSpace(*s)
	}
	return d
}

// wrong says of each field that can't be used why, by the field's name.
func (d Details) wrong() map[string]string {
	bad := map[string]string{}
	if !username.MatchString(d.Username) || len(d.Username) > 64 {
		bad["username"] = "Write a user name of letters, digits, dots and dashes, up to 64."
	}
	if d.Name == "" || utf8.RuneCountInString(d.Name) > 200 || strings.ContainsFunc(d.Name, isControl) {
		bad["name"] = "Write a name of 1 to 200 characters."
	}
	if d.Email != "" {
		if a, err := mail.ParseAddress(d.Email); err != nil || a.Address != d.Email || len(d.Email) > 200 {
			bad["email"] = "This is not an e-mail address."
		}
	}
	for name, s := range map[string]string{"phone": d.Phone, "employee_number": d.EmployeeNumber} {
		if utf8.RuneCountInString(s) > 60 || strings.ContainsFunc(s, isControl) {
			bad[name] = "Write at most 60 characters."
		}
	}
	if d.Zone != "" {
		if _, err := time.LoadLocation(d.Zone); err != nil || d.Zone == "Local" || len(d.Zone) > 60 {
			bad["zone"] = "There is no such time zone; write one such as Europe/Berlin."
		}
	}
	return bad
}

// isControl reports whether the character steers what shows a text instead of standing in it: line ends, what a
// terminal obeys, and what turns the direction of all that follows.
func isControl(r rune) bool {
	return unicode.Is(unicode.Cc, r) || r >= '\u2028' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

func (d Details) check() error { return faultAt(d.wrong()) }

// faultAt is the fault of what is wrong with fields, nil when nothing is.
func faultAt(bad map[string]string) error {
	if len(bad) == 0 {
		return nil
	}
	var all []string
	for _, field := range slices.Sorted(maps.Keys(bad)) {
		all = append(all, bad[field])
	}
	return &fault.Error{Kind: fault.Invalid, Public: strings.Join(all, " "), Fields: bad}
}

// into puts the details into the row, with the columns that follow from them.
func (d Details) into(row *User) {
	row.Username, row.Name, row.Email = d.Username, d.Name, d.Email
	row.Phone, row.EmployeeNumber, row.Zone = d.Phone, d.EmployeeNumber, d.Zone
	row.Fill()
}

// DetailsOf are the details of an account.
func DetailsOf(row User) Details {
	return Details{row.Username, row.Name, row.Email, row.Phone, row.EmployeeNumber, row.Zone}
}

// detailColumns are the columns that into sets.
var detailColumns = []string{"username", "username_key", "name", "search_text", "email", "email_key", "phone", "employee_number", "zone"}

// edited are the details as forms send them and people read them.
func (d Details) edited() []data.Edited {
	all := []data.Edited{
		{Name: "username", Label: "User name", Value: d.Username}, {Name: "name", Label: "Name", Value: d.Name},
		{Name: "email", Label: "E-mail", Value: d.Email}, {Name: "phone", Label: "Phone", Value: d.Phone},
		{Name: "employee_number", Label: "Employee number", Value: d.EmployeeNumber}, {Name: "zone", Label: "Time zone", Value: d.Zone},
	}
	for i := range all {
		all[i].Shown = all[i].Value
	}
	return all
}

// only are the details with the fields of those names; the others are as they were.
func (d Details) only(was Details, names []string) Details {
	for name, pair := range map[string][2]*string{
		"username": {&d.Username, &was.Username}, "name": {&d.Name, &was.Name}, "email": {&d.Email, &was.Email},
		"phone": {&d.Phone, &was.Phone}, "employee_number": {&d.EmployeeNumber, &was.EmployeeNumber}, "zone": {&d.Zone, &was.Zone},
	} {
		if !slices.Contains(names, name) {
			*pair[0] = *pair[1]
		}
	}
	return d
}

// differences are the fields of two details that are not the same.
func differences(was, now Details) []data.Field {
	var all []data.Field
	before := was.edited()
	for i, e := range now.edited() {
		if e.Shown != before[i].Shown {
			all = append(all, data.Field{Name: e.Name, Old: before[i].Shown, New: e.Shown})
		}
	}
	return all
}

// changedSaid says in the past tense which fields changed.
func changedSaid(fields []data.Field) string {
	var names []string
	for _, f := range fields {
		names = append(names, strings.ReplaceAll(f.Name, "_", " "))
	}
	return "changed " + strings.Join(names, ", ")
}

// Edit writes an account's details, merged with what others saved since the version was read.
// Errors: fault.NotFound; fault.Invalid at the field that is wrong or taken; *data.Clash when both changed the same field.
func (u *Users) Edit(ctx context.Context, id, version int64, d Details) (User, error) {
	d = d.tidy()
	var row User
	if err := d.check(); err != nil {
		return row, err
	}
	err := u.db.Write(ctx, func(tx *data.Tx) error {
		var err error
		if row, err = u.hold(ctx, tx, id); err != nil {
			return err
		}
		was := DetailsOf(row)
		write, err := tx.Merge(ctx, "admin.user", id, version, was.edited(), d.edited())
		if clash, ok := data.ClashOf(err); ok {
			clash.Version = row.Version
		}
		if err != nil {
			return err
		}
		if len(write) == 0 {
			tx.Unchanged()
			return nil
		}
		return u.saveDetails(ctx, tx, &row, d.only(was, write))
	})
	return row, err
}

// saveDetails writes the details of a row that is held, and says what changed.
func (u *Users) saveDetails(ctx context.Context, tx *data.Tx, row *User, d Details) error {
	if err := mayChange(ctx, tx, row.ID); err != nil {
		return err
	}
	fields := differences(DetailsOf(*row), d)
	was := row.Version
	d.into(row)
	row.Version, row.UpdatedAt = was+1, tx.Now
	ours, err := tx.UpdateIf(ctx, row, was, append(slices.Clone(detailColumns), "version", "updated_at")...)
	switch {
	case data.Duplicate(err):
		return fault.Field("username", "There is an account %s already.", d.Username)
	case err != nil:
		return fmt.Errorf("change account %d: %w", row.ID, err)
	case !ours:
		return fault.New(fault.Conflict, "Somebody else changed %s at the same moment. Please try again.", d.Name)
	}
	tx.Changed(u.change(*row, changedSaid(fields), fields...))
	return nil
}

package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/demo"
	"portal/app/fault"
	"portal/app/feature"
)

// demoSeed makes the same department everywhere, so that measurements can be compared.
const demoSeed = 1

// FillDemo fills an empty portal with a department, in one transaction. progress hears of rows.
// Errors: fault.Conflict when the database holds real data; fault.Invalid at password when it is too weak.
func (p *Portal) FillDemo(ctx context.Context, o demo.Options, progress func(done, all int)) (demo.Summary, error) {
	if o.Password == "" {
		o.Password = passphrase()
	} else if said := auth.Weak(o.Password, "admin", "manager", "user", "auditor"); said != "" {
		return demo.Summary{}, fault.Field("password", "%s", said)
	}
	if progress == nil {
		progress = func(int, int) {}
	}
	hash, err := p.Passwords.Hash(ctx, o.Password)
	if err != nil {
		return demo.Summary{}, err
	}
	d := demo.New(o, p.DB.Now(), demoSeed)
	people, all := len(d.People), len(d.People)+d.Rows()
	ctx = auth.With(ctx, auth.System("demo"))
	err = p.DB.Write(ctx, func(tx *data.Tx) error {
		ids, err := p.Users.Fill(ctx, tx, accounts(d.People, hash))
		if err != nil {
			return err
		}
		progress(people, all)
		return p.fillFeatures(ctx, tx, feature.Department{
			Department: d, IDs: ids, Progress: func(done, _ int) { progress(people+done, all) },
		})
	})
	if err != nil {
		return demo.Summary{}, fmt.Errorf("fill the department: %w", err)
	}
	progress(all, all)
	return demo.Summary{
		Users: people, Projects: len(d.Projects), Tasks: len(d.Tasks), Comments: len(d.Comments), Password: o.Password,
	}, nil
}

func (p *Portal) fillFeatures(ctx context.Context, tx *data.Tx, d feature.Department) error {
	for _, f := range p.features {
		if f.Demo == nil {
			continue
		}
		if err := f.Demo(ctx, tx, d); err != nil {
			return fmt.Errorf("demo of %s: %w", f.Name, err)
		}
	}
	p.findAnew(tx)
	return nil
}

// accounts are the people, all with the same password.
func accounts(people []demo.Person, hash string) []auth.Filled {
	all := make([]auth.Filled, len(people))
	for i, d := range people {
		all[i] = auth.Filled{Role: d.Role, Avatar: d.Picture, User: auth.User{
			Username: d.Username, Name: d.Name, Email: d.Email, Phone: d.Phone, EmployeeNumber: d.Number, Zone: d.Zone,
			PasswordHash: hash, PasswordChangedAt: &people[i].Made, CreatedAt: d.Made, UpdatedAt: d.Made,
		}}
	}
	return all
}

// passphrase is a random password of about 75 bits that can be read aloud: "tavoki-lurema-sobidu-kefani".
func passphrase() string {
	const consonants, vowels = "bdfgklmnprstvwzh", "aeiou"
	for {
		random := make([]byte, 24)
		_, _ = rand.Read(random) // it never fails: https://pkg.go.dev/crypto/rand#Read
		var b strings.Builder
		for i := 0; i < len(random); i += 2 {
			if i > 0 && i%6 == 0 {
				b.WriteByte('-')
			}
			b.WriteByte(consonants[int(random[i])%len(consonants)])
			b.WriteByte(vowels[int(random[i+1])%len(vowels)])
		}
		if auth.Weak(b.String()) == "" {
			return b.String()
		}
	}
}

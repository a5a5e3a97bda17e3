package weblinks

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"portal/app/data"
	"portal/app/feature"
)

// demoLinks are those of the demo department, by category.
var demoLinks = []struct{ category, name, address, tags, notes string }{
	{"Monitoring", "Grafana: halls A and B", "https://grafana.example.org/d/halls", "power, cooling", "Temperatures and loads of the last week."},
	{"Monitoring", "Alarms of the network", "https://alerts.example.org/network", "network", ""},
	{"Monitoring", "State of the backups", "https://backup.example.org/jobs", "backup", "Red after six in the morning means: call the person on duty."},
	{"Monitoring", "Power meters", "https://meters.example.org", "power", ""},
	{"Vendors", "Switches: support portal", "https://support.example.com/cases", "network, contract", "The contract number stands in the safe."},
	{"Vendors", "Diesel generator: service", "mailto:service@example.com", "power, contract", ""},
	{"Vendors", "UPS: spare parts", "https://parts.example.com/ups", "power", ""},
	{"Vendors", "Hotline of the carrier", "tel:+49301234567", "network, contract", "Day and night."},
	{"Documentation", "Wiki of the department", "https://wiki.example.org/ops", "", "Until all of it has moved to the documents."},
	{"Documentation", "Plan of the racks", "https://dcim.example.org/racks", "network, power", ""},
	{"Documentation", "Address plan", "https://ipam.example.org/prefixes", "network", ""},
	{"Documentation", "Wartungshandbuch Klimaanlage", "https://wiki.example.org/kälte/wartung", "cooling", ""},
	{"Tools", "Ticket system", "https://tickets.example.org", "", ""},
	{"Tools", "Jump host", "ssh://jump.example.org", "network", "Only with a hardware key."},
	{"Tools", "Source code", "https://git.example.org/ops", "", ""},
	{"Tools", "Video meetings", "https://meet.example.org", "", ""},
	{"Tools", "Certificates that end soon", "https://certs.example.org/soon", "security", ""},
	{"Department", "Canteen: this week", "https://canteen.example.org", "", ""},
	{"Department", "Time sheets", "https://time.example.org", "", ""},
	{"Department", "Booking of rooms", "https://rooms.example.org", "", ""},
}

// fillDemo writes the department's links.
func fillDemo(ctx context.Context, tx *data.Tx, d feature.Department) error {
	if len(d.IDs) == 0 {
		return nil
	}
	r := rand.New(rand.NewPCG(11, 0x6c696e6b))
	for i, one := range demoLinks {
		created := tx.Now.Add(-time.Duration(20+r.IntN(700)) * 24 * time.Hour)
		l := Link{URL: one.address, Name: one.name, Notes: one.notes, SeenBy: seenByAll, Pinned: i%7 == 0, OwnerID: &d.IDs[r.IntN(len(d.IDs))], Version: 1, CreatedAt: created, UpdatedAt: created}
		if l.Clicks = int64(r.IntN(900)); r.IntN(6) == 0 {
			l.Clicks = 0
		} else {
			at := tx.Now.Add(-time.Duration(1+r.IntN(20_000)) * time.Minute)
			l.ClickedAt = &at
		}
		category, err := wordsNamed(ctx, tx, categoryKind, []string{one.category})
		if err != nil {
			return err
		}
		l.CategoryID = &category[0]
		l.fill()
		if _, err := tx.NewInsert().Model(&l).Exec(ctx); err != nil {
			return fmt.Errorf("demo links: %w", err)
		}
		if err := (&linkStore{}).hang(ctx, tx, linkForm{Tags: one.tags}, l.ID); err != nil {
			return err
		}
		for range r.IntN(4) {
			row := map[string]any{"link_id": l.ID, "user_id": d.IDs[r.IntN(min(8, len(d.IDs)))]}
			if _, err := tx.NewInsert().Model(&row).Table("link_favourites").Ignore().Exec(ctx); err != nil {
				return fmt.Errorf("demo favourites: %w", err)
			}
		}
	}
	return nil
}

package projects

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"time"

	"portal/app/data"
	"portal/app/feature"
)

// demoTasksWithFiles is how many of the department's latest tasks have a file.
const demoTasksWithFiles = 240

// demoFiles are what people of a demo department attach. Each lies on the disk once, whatever hangs on it.
func demoFiles() []sent {
	texts := []struct{ name, body string }{
		{"rack-plan.csv", "Rack;Unit;Device;Power\nB-01;42;Switch core 1;2 × 750 W\nB-01;38;UPS 3 kVA;16 A\nB-02;20;Server db-4;2 × 1100 W\n"},
		{"switch-log.txt", strings.Repeat("12:04:11 port 24 up, 1 Gbit/s\n12:09:40 port 24 down\n", 40)},
		{"checklist.md", "# Before the window\n\n- [ ] backups checked\n- [ ] people told\n- [ ] way back tried\n"},
	}
	var all []sent
	for _, t := range texts {
		all = append(all, sent{t.name, int64(len(t.body)), strings.NewReader(t.body)})
	}
	picture := demoPicture()
	return append(all, sent{"hall-b.png", int64(len(picture)), bytes.NewReader(picture)})
}

// demoPicture is a floor plan of racks.
func demoPicture() []byte {
	plan := image.NewRGBA(image.Rect(0, 0, 720, 420))
	tones := []color.RGBA{{236, 240, 246, 255}, {64, 84, 120, 255}, {92, 150, 110, 255}, {196, 96, 72, 255}}
	for y := range 420 {
		for x := range 720 {
			tone := tones[0]
			if x%120 > 24 && y%140 > 30 {
				tone = tones[1+(x/120*7+y/140*3)%3]
			}
			plan.SetRGBA(x, y, tone)
		}
	}
	var b bytes.Buffer
	if png.Encode(&b, plan) != nil {
		return nil
	}
	return b.Bytes()
}

// fillDemo attaches files to the latest tasks of a demo department, and to their projects.
func (s *fileStore) fillDemo(ctx context.Context, tx *data.Tx, d feature.Department) error {
	var kept []Attachment
	for _, one := range demoFiles() {
		a, err := s.keep(ctx, one)
		if err != nil {
			return fmt.Errorf("files of the demo: %w", err)
		}
		kept = append(kept, a)
	}
	var tasks []Task
	if err := tx.NewSelect().Model(&tasks).Column("id", "project_id").OrderExpr("t.id DESC").Limit(demoTasksWithFiles).Scan(ctx); err != nil {
		return fmt.Errorf("tasks for the files of the demo: %w", err)
	}
	var rows []Attachment
	for i, t := range tasks {
		a, by := kept[i%len(kept)], i%len(d.IDs)
		a.ProjectID, a.TaskID, a.CreatedBy, a.Author = t.ProjectID, &t.ID, &d.IDs[by], d.People[by].Name
		if i%9 == 0 {
			a.TaskID = nil
		}
		a.CreatedAt = tx.Now.Add(-time.Duration(i) * 97 * time.Minute)
		if a.UpdatedAt = a.CreatedAt; i%17 == 5 {
			a.DeletedAt = &tx.Now
		}
		rows = append(rows, a)
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&rows).Exec(ctx)
	return err
}

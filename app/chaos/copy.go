package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// backedUp is R24, on both databases. That a restore refuses names that lead elsewhere, newer schemas and torn files is
// in the ordinary tests.
func backedUp(ctx context.Context, b *bed) ([]line, error) {
	return b.both(ctx, func(ctx context.Context, i *install) ([]line, error) {
		s, p, err := i.staffed(ctx)
		if err != nil {
			return nil, err
		}
		defer s.stop()
		made, err := i.copyUnderLoad(ctx, p)
		if err != nil {
			return nil, err
		}
		killed, err := i.copyKilled(ctx)
		return []line{made, killed}, err
	})
}

// torn are questions whose answer is 0 when the database is of one moment: a write of the portal has several parts.
var torn = []string{
	"SELECT COUNT(*) FROM todos t WHERE NOT EXISTS (SELECT 1 FROM projects p WHERE p.id = t.project_id)",
	"SELECT ABS((SELECT COUNT(*) FROM todos) - (SELECT COUNT(*) FROM history WHERE what LIKE 'added%todo%'))",
	"SELECT COUNT(*) FROM attachments a WHERE NOT EXISTS (SELECT 1 FROM projects p WHERE p.id = a.project_id)",
}

func (i *install) copyUnderLoad(ctx context.Context, p *person) (line, error) {
	l := line{asked: "of one moment: no child without its parent, a file for each row; p99 under 2 × of before or 50 ms; a flipped byte is seen"}
	project, err := p.project(ctx, "Copied")
	if err != nil {
		return l, err
	}
	all, files := newLedger(), newCrowd()
	phase := func(d time.Duration, name string, until func()) *crowd {
		took := newCrowd()
		timed, cancel := context.WithTimeout(ctx, d)
		var load sync.WaitGroup
		load.Go(func() {
			paced(timed, 5*time.Millisecond, 100, func(n int) {
				_, a := all.write(ctx, p, project, fmt.Sprintf("%s %d.", name, n))
				took.add(a)
			})
		})
		load.Go(func() {
			paced(timed, 100*time.Millisecond, 10, func(n int) { files.add(p.upload(ctx, project+"/files", fmt.Sprint(name, n, ".txt"), []byte(name))) })
		})
		until()
		cancel()
		load.Wait()
		return took
	}
	before := phase(5*time.Second, "before", func() { time.Sleep(5 * time.Second) })
	least := len(all.well)
	var out string
	began := time.Now()
	during := phase(5*time.Minute, "during", func() { out, err = i.must(ctx, "", "backup", "-json") })
	took := time.Since(began)
	if err != nil {
		return l, err
	}
	var said struct {
		Path  string
		Bytes int64
		Rows  int64
	}
	if err := json.Unmarshal([]byte(out), &said); err != nil {
		return l, err
	}
	back, restored, err := i.restored(ctx, said.Path)
	if err != nil {
		return l, err
	}
	wrong, stored, err := back.checked(ctx)
	if err != nil {
		return l, err
	}
	flipped, err := i.flipped(ctx, said.Path)
	if err != nil {
		return l, err
	}
	a, d := before.rank(0.99), during.rank(0.99)
	l.saw = fmt.Sprintf("%d rows, %.1f MB in %s, restored in %s; %d todos in it of %d acknowledged before and %d in all; %d wrong; writes before %s, p99 %s; meanwhile %s, p99 %s; uploads %s; a flipped byte seen: %v",
		said.Rows, float64(said.Bytes)/1e6, ms(took), ms(restored), stored, least, len(all.well), wrong, before, ms(a), during, ms(d), files, flipped)
	l.held = wrong == 0 && stored >= int64(least) && stored <= int64(all.sent) && flipped && during.broken() == 0 && d < max(2*a, 50*time.Millisecond)
	return l, nil
}

// restored is a new install with the backup in it.
func (i *install) restored(ctx context.Context, path string) (*install, time.Duration, error) {
	back, err := i.on(ctx, nil)
	if err != nil {
		return nil, 0, err
	}
	began := time.Now()
	_, err = back.must(ctx, "", "restore", path)
	return back, time.Since(began), err
}

// checked is how much does not fit together, and how many todos there are.
func (i *install) checked(ctx context.Context) (wrong, todos int64, err error) {
	for _, query := range torn {
		n, err := i.number(ctx, query)
		if err != nil {
			return 0, 0, err
		}
		wrong += n
	}
	_, noFile, err := i.files(ctx)
	if err != nil {
		return 0, 0, err
	}
	todos, err = i.number(ctx, "SELECT COUNT(*) FROM todos")
	return wrong + int64(noFile), todos, err
}

// flipped reports whether a byte that was changed anywhere is seen.
func (i *install) flipped(ctx context.Context, path string) (bool, error) {
	content, err := os.ReadFile(path) //nolint:gosec // a path of ours
	if err != nil {
		return false, err
	}
	content[rand.IntN(len(content))] ^= 1
	harmed := filepath.Join(i.dir, "flipped.zip")
	if err := os.WriteFile(harmed, content, 0o600); err != nil {
		return false, err
	}
	return i.tool(ctx, "", "backup", "verify", harmed).code != 0, nil
}

// copyKilled kills backups at random moments: what lies there afterwards is whole.
func (i *install) copyKilled(ctx context.Context) (line, error) {
	l := line{asked: "what has a backup's name is a whole one; a later backup works"}
	tries := 10
	if i.rounds > 0 {
		tries = i.rounds
	}
	for range tries {
		timed, cancel := context.WithTimeout(ctx, time.Duration(50+rand.IntN(1500))*time.Millisecond) // the command is killed then
		i.tool(timed, "", "backup")
		cancel()
	}
	folder := filepath.Join(i.data, "backups")
	if _, err := i.must(ctx, "", "backup"); err != nil {
		return l, err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return l, err
	}
	whole, half, rest := 0, 0, 0
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), ".") || !strings.HasSuffix(e.Name(), ".zip"):
			rest++
		case i.tool(ctx, "", "backup", "verify", filepath.Join(folder, e.Name())).code == 0:
			whole++
		default:
			half++
		}
	}
	l.on = i.kind() + ", killed"
	l.saw = fmt.Sprintf("%d killed: %d whole backups, %d half ones, %d other files left", tries, whole, half, rest)
	l.held = half == 0 && whole > 0
	return l, nil
}

package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
)

// ledger is what clients know of their writes. Each write is a todo with a text of its own.
type ledger struct {
	mu      sync.Mutex
	sent    int
	well    []string // answered with success: they have to be there, once
	refused []string // they must not be there
	unknown int      // no whole answer, or one that says so: they may be there or not
	codes   map[int]int
}

func newLedger() *ledger { return &ledger{codes: map[int]int{}} }

// write sends one todo and keeps what became of it; it returns how many were answered well by now.
func (l *ledger) write(ctx context.Context, p *person, project, text string) (int, answer) {
	a := p.post(ctx, project+"/todos", "text", text)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent++
	l.codes[a.status]++
	switch a.status {
	case http.StatusSeeOther:
		l.well = append(l.well, text)
	case 0, http.StatusGatewayTimeout: // nobody knows
		l.unknown++
	default:
		l.refused = append(l.refused, text)
	}
	return len(l.well), a
}

// verdict is what the database says of it.
type verdict struct {
	sent, well, refused, unknown  int
	lost, twice, ghosts, orphaned int
}

func (v verdict) held() bool { return v.lost+v.twice+v.ghosts+v.orphaned == 0 }

func (v verdict) String() string {
	return fmt.Sprintf("%d sent, %d acknowledged, %d refused, %d without an answer; %d acknowledged lost, %d twice, %d refused yet stored, %d without history",
		v.sent, v.well, v.refused, v.unknown, v.lost, v.twice, v.ghosts, v.orphaned)
}

// verify reads the database: what was acknowledged is there, what was refused is not, nothing is there twice, and
// each write stands in the log of activities too.
func (l *ledger) verify(ctx context.Context, i *install) (verdict, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := verdict{sent: l.sent, well: len(l.well), refused: len(l.refused), unknown: l.unknown}
	db, err := i.open()
	if err != nil {
		return v, err
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(ctx, "SELECT text, COUNT(*) FROM todos GROUP BY text")
	if err != nil {
		return v, err
	}
	defer func() { _ = rows.Close() }()
	times := map[string]int{}
	stored := 0
	for rows.Next() {
		var text string
		var n int
		if err := rows.Scan(&text, &n); err != nil {
			return v, err
		}
		times[text] = n
		stored += n
		if n > 1 {
			v.twice++
		}
	}
	for _, text := range l.well {
		if times[text] == 0 {
			v.lost++
		}
	}
	for _, text := range l.refused {
		if times[text] > 0 {
			v.ghosts++
		}
	}
	if err := rows.Err(); err != nil {
		return v, err
	}
	var told int
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM history WHERE what LIKE 'added%todo%'").Scan(&told); err != nil {
		return v, err
	}
	v.orphaned = max(stored-told, told-stored)
	return v, nil
}

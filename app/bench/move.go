package bench

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"
)

// move puts cards elsewhere on the board, one request after another, each as the page would send it.
func (r run) move(ctx context.Context, b *browser, board answer) (m Moves, err error) {
	if err := b.learn(board); err != nil {
		return m, err
	}
	db, err := openBeside(r.database())
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var took []time.Duration
	for i := range r.Moves {
		all, err := cards(ctx, db, r.at.project)
		if err != nil {
			return m, err
		}
		if len(all) < 2 {
			return m, errors.New("the board has fewer than two tasks, so none can be moved")
		}
		path, form := drop(all, i)
		began := time.Now()
		said, err := b.post(r.at.board()+path, form)
		if err != nil {
			return m, err
		}
		took = append(took, time.Since(began))
		m.Count++
		if said.status >= fasthttp.StatusBadRequest {
			m.Failed++
		}
	}
	m.Median, m.P99 = ms(middle(took)), ms(rank(took, 0.99))
	return m, nil
}

// drop takes one card and lays it below another one, wherever that lies; the i-th time the same ones in each run.
// A card that waits for others stays where it is: the board would refuse to complete it.
func drop(all []card, i int) (string, url.Values) {
	from := i * 7 % len(all)
	for n := 0; n < len(all) && all[from].waits; n++ {
		from = (from + 1) % len(all)
	}
	to := (from + 1 + i*13%(len(all)-1)) % len(all)
	moved, above := all[from], all[to]
	var below int64
	for next := to + 1; next < len(all) && all[next].status == above.status; next++ {
		if next != from {
			below = all[next].id
			break
		}
	}
	text := func(n int64) []string { return []string{strconv.FormatInt(n, 10)} }
	return fmt.Sprintf("/tasks/%d/move", moved.number), url.Values{
		"status": text(above.status), "after": text(above.id), "before": text(below), "version": text(moved.version),
	}
}

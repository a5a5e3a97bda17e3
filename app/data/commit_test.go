package data_test

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/data"
	"portal/app/fault"
)

// cutAtCommit passes everything on between the portal and the database, and cuts the line when a commit is answered.
func cutAtCommit(t *testing.T, to string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	pass := func(near, far net.Conn) {
		asked := make(chan struct{})
		go func() {
			part := make([]byte, 64<<10)
			for {
				n, err := near.Read(part)
				if bytes.Contains(part[:n], []byte("COMMIT")) {
					close(asked)
				}
				if _, failed := far.Write(part[:n]); err != nil || failed != nil {
					_ = far.Close()
					return
				}
			}
		}()
		part := make([]byte, 64<<10)
		for {
			n, err := far.Read(part)
			select {
			case <-asked:
				err = io.EOF
			default:
				_, _ = near.Write(part[:n])
			}
			if err != nil {
				_ = near.Close()
				return
			}
		}
	}
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", to)
			if err != nil {
				_ = near.Close()
				continue
			}
			go pass(near, far)
		}
	}()
	return l.Addr().String()
}

// R02: of a commit that the database took and could not answer, nobody may say that nothing was kept.
func TestDB_WriteIsUnsureOfACommitWithoutAnAnswer(t *testing.T) {
	p := apptest.New(t)
	if !p.DB.MySQL { // SQLite is no other process
		return
	}
	_, rest, _ := strings.Cut(p.Config.DatabaseURL, "@")
	address, _, _ := strings.Cut(rest, "/")
	db, err := data.Open(p.Context(), data.Options{
		URL: strings.Replace(p.Config.DatabaseURL, address, cutAtCommit(t, address), 1), Pool: 2, Timeout: p.Config.DBTimeout, Now: p.Clock.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	err = db.Write(p.Context(), func(tx *data.Tx) error {
		row := map[string]any{"name": "kept", "value": "x", "updated_at": tx.Now}
		tx.Unchanged()
		_, err := tx.NewInsert().Model(&row).Table("settings").Exec(p.Context())
		return err
	})
	if !fault.Is(err, fault.Unsure) {
		t.Errorf("the write says %v", err)
	}
	if n := p.Count("settings", "name = 'kept'"); n != 1 {
		t.Errorf("%d rows are kept", n)
	}
}

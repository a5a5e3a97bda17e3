package data_test

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/go-sql-driver/mysql"

	"portal/app/apptest"
	"portal/app/data"
	"portal/app/fault"
)

// code is an error of SQLite's driver.
type code int

// Error is the error's text.
func (c code) Error() string { return fmt.Sprint("code ", int(c)) }

// Code is SQLite's number.
func (c code) Code() int { return int(c) }

func TestTrouble_IsTheDatabasesOwn(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false}, {errors.New("x"), false}, {sql.ErrNoRows, false}, {code(2067), false}, {code(11), false},
		{&mysql.MySQLError{Number: 1062}, false}, {fault.Field("name", "This is needed."), false},
		{fault.New(fault.Conflict, "Somebody was faster.").Because(driver.ErrBadConn), false},
		{code(13), true}, {code(8), true}, {code(778), true}, {code(5), true}, {code(517), true},
		{&mysql.MySQLError{Number: 1021}, true}, {&mysql.MySQLError{Number: 1053}, true}, {&mysql.MySQLError{Number: 1040}, true},
		{driver.ErrBadConn, true}, {mysql.ErrInvalidConn, true}, {&net.OpError{Op: "dial", Err: errors.New("refused")}, true},
	} {
		err := c.err
		if err != nil {
			err = fmt.Errorf("save: %w", err)
		}
		if got := data.Trouble(err); (got != nil) != c.want || got != nil && got.Kind != fault.Away {
			t.Errorf("%v: %v", c.err, got)
		}
	}
}

// R08: a disk without room refuses writes in words, and takes them again when there is room.
func TestTrouble_FullDisk(t *testing.T) {
	p := apptest.New(t)
	if p.DB.MySQL { // its server's disk is not ours to fill; its numbers are in the test above
		return
	}
	write := func() error {
		_, err := p.DB.Writer().ExecContext(p.Context(), "INSERT INTO settings (name, value, updated_at) VALUES ('large', zeroblob(1000000), '')")
		return err
	}
	p.Exec("PRAGMA max_page_count = 1") // as many as there are
	if f := data.Trouble(write()); f == nil || f.Kind != fault.Away {
		t.Fatalf("a full disk: %v", f)
	}
	p.Exec("PRAGMA max_page_count = 1000000")
	if err := write(); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

package data

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"net"

	"github.com/go-sql-driver/mysql"

	"portal/app/fault"
)

// What a person is told when it is the database that fails, and not what was asked of it.
const (
	troubleAway  = "The database does not answer. The page tries again by itself."
	troubleBusy  = "The database is too busy. Please try again in a moment."
	troubleFull  = "The disk is full, so nothing was saved. Tell the operator of this portal."
	troubleWrite = "The database can't be written at the moment. Tell the operator of this portal."
)

// Unsure is what a person is told when the database went away and nobody knows whether all of it was kept, or some, or nothing.
func Unsure(cause error) *fault.Error {
	return fault.New(fault.Unsure, "The database went away in the middle of this, so it may be saved or not. Look before you send it again.").Because(cause)
}

// unanswered is err as fault.Unsure when the database had been asked for a commit and the connection broke before its
// answer; err itself when it is known that nothing was kept.
func unanswered(err error) error {
	var op *net.OpError
	if errors.Is(err, mysql.ErrInvalidConn) || errors.As(err, &op) { // driver.ErrBadConn: it was not even asked
		return Unsure(err)
	}
	return err
}

// https://www.sqlite.org/rescode.html, the primary codes
var sqliteTroubles = map[int]string{
	5: troubleBusy, 6: troubleBusy, // SQLITE_BUSY, SQLITE_LOCKED
	13: troubleFull,                                      // SQLITE_FULL
	8:  troubleWrite, 10: troubleWrite, 14: troubleWrite, // SQLITE_READONLY, SQLITE_IOERR, SQLITE_CANTOPEN
}

// https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html, and 1927, MariaDB's for a connection that was killed
var mysqlTroubles = map[uint16]string{
	1040: troubleBusy, errLockWait: troubleBusy, errDeadlock: troubleBusy,
	1053: troubleAway, 1317: troubleAway, 1927: troubleAway,
	1021: troubleFull, 1114: troubleFull,
	1026: troubleWrite, 1290: troubleWrite, 1792: troubleWrite, 1836: troubleWrite,
}

// Trouble is err as fault.Away when it is the database itself that is full, away or too busy; nil for any other error,
// and for one that says in its own words what is wrong.
func Trouble(err error) *fault.Error {
	if err == nil || fault.Of(err).Kind != fault.Broken {
		return nil
	}
	said := ""
	var me *mysql.MySQLError
	var coded interface{ Code() int }
	var op *net.OpError
	switch {
	case errors.As(err, &me):
		said = mysqlTroubles[me.Number]
	case errors.As(err, &coded):
		said = sqliteTroubles[coded.Code()&0xff]
	case errors.As(err, &op), errors.Is(err, driver.ErrBadConn), errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, sql.ErrConnDone):
		said = troubleAway
	}
	if said == "" {
		return nil
	}
	return fault.New(fault.Away, "%s", said).Because(err)
}

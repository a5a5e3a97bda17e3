package legacy

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// lockWait is how long a file may be locked by another program before we give up.
const lockWait = 2 * time.Second

// openFile opens a SQLite file and holds a read transaction on it: nobody can change it under us.
func (s *Source) openFile(ctx context.Context) error {
	path := strings.TrimPrefix(s.Name, "sqlite://")
	wal, err := inspect(path)
	if err != nil {
		return err
	}
	dsn := fmt.Sprintf("file:%s?mode=ro&_pragma=busy_timeout(%d)&_pragma=query_only(1)", (&url.URL{Path: path}).EscapedPath(), lockWait.Milliseconds())
	if wal && !exists(path+"-wal") {
		dsn += "&immutable=1" // nobody has it open, and reading it must not make files beside it
	}
	if s.db, err = sql.Open("sqlite", dsn); err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	if s.conn, err = s.db.Conn(ctx); err != nil {
		return unreadable(path, err)
	}
	var n int
	if _, err = s.conn.ExecContext(ctx, "BEGIN"); err == nil {
		err = s.conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_master").Scan(&n)
	}
	if err != nil {
		return unreadable(path, err)
	}
	var verdict string
	if err := s.conn.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return unreadable(path, err)
	}
	if verdict != "ok" {
		return fmt.Errorf("%s is damaged (%s); take another copy of the old database", path, strings.Join(strings.Fields(verdict), " "))
	}
	return nil
}

// inspect looks at the file before SQLite does; wal says that it uses write-ahead logging.
// https://www.sqlite.org/fileformat2.html#the_database_header
func inspect(path string) (wal bool, err error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, fmt.Errorf("there is no file %s", path)
	}
	if err != nil {
		return false, fmt.Errorf("the file %s can't be opened; check its owner and rights", path)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return false, fmt.Errorf("%s is no file; name the old portal's SQLite file", path)
	}
	head := make([]byte, 100)
	if _, err := io.ReadFull(f, head); err != nil || !bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		return false, fmt.Errorf("%s is no SQLite database", path)
	}
	page := int64(binary.BigEndian.Uint16(head[16:]))
	if page == 1 {
		page = 65536
	}
	pages := int64(binary.BigEndian.Uint32(head[28:]))
	sure := bytes.Equal(head[24:28], head[92:96]) // or the number of pages is an old version's and says nothing
	if want := page * pages; sure && info.Size() < want {
		return false, fmt.Errorf("%s is cut off: it should have %d bytes and has %d; copy the old database again", path, want, info.Size())
	}
	return head[18] == 2, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Result codes of SQLite. https://www.sqlite.org/rescode.html
const (
	codeBusy   = 5
	codeLocked = 6
)

func unreadable(path string, err error) error {
	var coded interface{ Code() int }
	if errors.As(err, &coded) {
		if c := coded.Code() & 0xff; c == codeBusy || c == codeLocked {
			return fmt.Errorf("%s is locked by another program; stop the old portal, or import a copy of the file", path)
		}
	}
	return fmt.Errorf("%s can't be read (%s); take another copy of the old database", path, plain(err))
}

// openServer reads a MySQL or MariaDB database in one consistent snapshot.
func (s *Source) openServer(ctx context.Context) error {
	u, err := url.Parse(s.Name)
	if err != nil || u.Host == "" || len(u.Path) < 2 {
		s.Name = "the old database"
		return errors.New("the old database's address is wrong; write mysql://user:password@host:3306/name")
	}
	s.Name, s.mysql = u.Host+u.Path, true
	c := mysql.NewConfig()
	c.User = u.User.Username()
	c.Passwd, _ = u.User.Password()
	c.Net, c.Addr, c.DBName = "tcp", u.Host, u.Path[1:]
	if u.Port() == "" {
		c.Addr += ":3306"
	}
	c.Timeout, c.ReadTimeout = 5*time.Second, 5*time.Minute
	c.Params = map[string]string{"time_zone": "'+00:00'"}
	if err := c.Apply(mysql.Charset("utf8mb4", "")); err != nil {
		return fmt.Errorf("connect to %s: %w", s.Name, err)
	}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", s.Name, err)
	}
	s.db = sql.OpenDB(connector)
	if s.conn, err = s.db.Conn(ctx); err != nil {
		return fmt.Errorf("the old database at %s does not let us in (%s); check that it runs, the name, the user and the password", s.Name, plain(err))
	}
	for _, q := range []string{"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"} {
		if _, err := s.conn.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("%s gives no snapshot to read: %s", s.Name, plain(err))
		}
	}
	return nil
}

// plain is a driver's error in one line.
func plain(err error) string {
	var me *mysql.MySQLError
	if errors.As(err, &me) {
		return me.Message
	}
	return strings.TrimSuffix(err.Error(), ".")
}

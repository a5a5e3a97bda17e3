package apptest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// OnMySQL reports whether the tests run on MySQL.
func OnMySQL() bool { return os.Getenv("PORTAL_TEST_DB") == "mysql" }

// mysqlDatabase makes a database on the tests' server. A test without its server fails: it never passes unseen.
func mysqlDatabase(t testing.TB) string {
	t.Helper()
	server := os.Getenv("PORTAL_TEST_MYSQL")
	u, err := url.Parse(server)
	if err != nil || u.Host == "" {
		t.Fatalf("PORTAL_TEST_MYSQL: %q names no server; run the tests by `go tool task test:mysql`, which starts one", server)
	}
	c := mysql.NewConfig()
	c.Net, c.Addr, c.User = "tcp", u.Host, u.User.Username()
	c.Passwd, _ = u.User.Password()
	connector, err := mysql.NewConnector(c)
	if err != nil {
		t.Fatalf("PORTAL_TEST_MYSQL: %v", err)
	}
	db := sql.OpenDB(connector)
	name := "test_" + strings.ToLower(rand.Text()[:12])
	if _, err := db.ExecContext(context.Background(), "CREATE DATABASE "+name+" CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"); err != nil {
		t.Fatalf("make a database on %s: %v", u.Host, err)
	}
	t.Cleanup(func() {
		if _, err := db.ExecContext(context.Background(), "DROP DATABASE "+name); err != nil {
			t.Errorf("drop %s: %v", name, err)
		}
		_ = db.Close()
	})
	u.Path = "/" + name
	return u.String()
}

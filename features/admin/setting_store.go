package admin

import (
	"context"
	"fmt"
	"strings"
)

// databaseColumns are the database's version and its size in bytes, as columns of a query.
func databaseColumns(onMySQL bool) string {
	if onMySQL {
		return "version() AS version, (SELECT CAST(COALESCE(SUM(data_length + index_length), 0) AS SIGNED) FROM information_schema.tables WHERE table_schema = DATABASE()) AS size"
	}
	return "sqlite_version() AS version, (SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()) AS size"
}

// databaseName is the database with its version, as people call it.
func databaseName(onMySQL bool, version string) string {
	if number, _, maria := strings.Cut(version, "-MariaDB"); maria {
		return "MariaDB " + number
	}
	if onMySQL {
		return "MySQL " + version
	}
	return "SQLite " + version
}

// database is what the data lies in: its name with its version, and its size in bytes.
func (h settingHandlers) database(ctx context.Context) (name string, size int64, err error) {
	if err := h.DB.Read.NewRaw("SELECT "+databaseColumns(h.DB.MySQL)).Scan(ctx, &name, &size); err != nil {
		return "", 0, fmt.Errorf("ask the database for its size: %w", err)
	}
	return databaseName(h.DB.MySQL, name), size, nil
}

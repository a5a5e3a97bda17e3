package admin

import (
	"context"
	"fmt"
	"strings"
)

// database is the database's name and version, and its size in bytes.
func (h settingHandlers) database(ctx context.Context) (name string, size int64, err error) {
	query := "SELECT sqlite_version(), page_count * page_size FROM pragma_page_count(), pragma_page_size()"
	kind := "SQLite "
	if h.DB.MySQL {
		kind = "MySQL "
		query = "SELECT version(), CAST(COALESCE(SUM(data_length + index_length), 0) AS SIGNED) FROM information_schema.tables WHERE table_schema = DATABASE()"
	}
	if err := h.DB.Read.NewRaw(query).Scan(ctx, &name, &size); err != nil {
		return "", 0, fmt.Errorf("ask the database for its size: %w", err)
	}
	if number, _, maria := strings.Cut(name, "-MariaDB"); maria {
		return "MariaDB " + number, size, nil
	}
	return kind + name, size, nil
}

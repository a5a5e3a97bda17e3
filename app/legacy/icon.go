package legacy

import "strings"

// icons are our pictures for those of the old portal, by their names without style and "fa-".
var icons = map[string]string{
	"archive": "archive", "bell": "bell", "book": "book", "book-open": "book", "briefcase": "briefcase", "bug": "bug",
	"calendar": "calendar", "calendar-alt": "calendar", "chart-bar": "chart-bar", "chart-line": "chart-bar", "chart-pie": "chart-bar",
	"check": "check", "check-circle": "circle-check", "clipboard-list": "list-check", "clock": "clock", "cloud": "cloud", "cog": "settings",
	"cogs": "settings", "columns": "columns", "comment": "message", "comments": "message", "database": "database", "desktop": "device-desktop",
	"download": "download", "edit": "edit", "envelope": "mail", "exchange-alt": "refresh", "exclamation-triangle": "alert-triangle",
	"eye": "eye", "file": "file-text", "file-alt": "file-text", "filter": "filter", "fire": "flame", "flag": "flag", "folder": "folder",
	"folder-open": "folders", "hammer": "tool", "hands-helping": "users", "headset": "phone", "history": "history", "home": "home",
	"info-circle": "info-circle", "key": "lock", "laptop": "device-desktop", "layer-group": "folders", "link": "link", "list": "list",
	"lock": "lock", "microchip": "cpu", "network-wired": "network", "paper-plane": "mail", "phone": "phone", "print": "printer",
	"project-diagram": "sitemap", "puzzle-piece": "tool", "rocket": "rocket", "route": "sitemap", "search": "search", "server": "server",
	"shield-alt": "shield", "sitemap": "sitemap", "sun": "sun", "sync": "refresh", "table": "columns", "tachometer-alt": "layout-kanban",
	"tag": "tag", "tags": "tag", "tasks": "list-check", "tools": "tool", "trash": "trash", "user": "user", "user-cog": "settings",
	"user-plus": "user-plus", "user-shield": "shield-lock", "user-tie": "briefcase", "users": "users", "users-cog": "users", "wifi": "wifi", "wrench": "tool",
}

// Icon is our picture for one of the old portal's, "fas fa-folder" or "fa-folder"; or other when we have none like it.
func Icon(old, other string) string {
	for _, word := range strings.Fields(strings.ToLower(old)) {
		name, ok := strings.CutPrefix(word, "fa-")
		if ours := icons[name]; ok && ours != "" {
			return ours
		}
	}
	return other
}

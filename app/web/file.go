package web

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"portal/app/files"
)

// Content is what an answer says of a file's bytes.
type Content struct {
	Key    string // in the store
	Name   string // that a browser saves it by
	Type   string
	Size   int64  // bytes
	ETag   string // names these bytes and no others, with its quotes
	Inline bool   // the browser may show it; else it is saved
}

// Serve answers with the bytes, or the part of them that was asked for. Whatever they are, a browser runs nothing of them.
// Who may read it is asked at every request: no cache may answer for us.
func Serve(c *fiber.Ctx, store *files.Store, of Content) error {
	c.Request().Header.Del(fiber.HeaderAcceptEncoding) // a part of a file can't be compressed, and most files are already
	if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), of.ETag) {
		guardFile(c, of)
		return c.SendStatus(fiber.StatusNotModified)
	}
	from, length, err := partAsked(c, of)
	if errors.Is(err, errNoRange) {
		guardFile(c, of)
		c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes */%d", of.Size))
		return c.SendStatus(fiber.StatusRequestedRangeNotSatisfiable)
	}
	body, err := store.Get(c.UserContext(), of.Key, from, length)
	if err != nil {
		return err
	}
	guardFile(c, of)
	kind := "attachment"
	if of.Inline {
		kind = "inline"
	}
	c.Set(fiber.HeaderContentDisposition, files.Disposition(kind, of.Name))
	c.Set(fiber.HeaderContentType, of.Type)
	if length < of.Size {
		c.Status(fiber.StatusPartialContent)
		c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes %d-%d/%d", from, from+length-1, of.Size))
	}
	c.Response().SetBodyStream(body, int(length)) // closes it at its end
	return nil
}

// guardFile sends the headers of every answer about a file.
func guardFile(c *fiber.Ctx, of Content) {
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; sandbox")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	c.Set(fiber.HeaderETag, of.ETag)
	c.Set(fiber.HeaderAcceptRanges, "bytes")
}

var errNoRange = errors.New("web: no such part of the file")

// partAsked is where the part that was asked for begins, and how long it is, in bytes; the whole when none was, or when the
// file is another one than the browser has the beginning of. Of several parts, none is given but the whole.
func partAsked(c *fiber.Ctx, of Content) (from, length int64, err error) {
	asked := c.Get(fiber.HeaderRange)
	if on := c.Get(fiber.HeaderIfRange); asked == "" || strings.Contains(asked, ",") || on != "" && on != of.ETag {
		return 0, of.Size, nil
	}
	first, last, err := fasthttp.ParseByteRange([]byte(asked), int(of.Size))
	if err != nil {
		return 0, 0, errNoRange
	}
	return int64(first), int64(last - first + 1), nil
}

package projects

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"portal/app/files"
)

// content is what an answer says of a file's bytes.
type content struct {
	key  string
	name string
	typ  string
	size int64  // bytes
	etag string // names these bytes and no others
	kind string // inline or attachment
}

// serve answers with the bytes, or the part of them that was asked for. Whatever they are, a browser runs nothing of them.
// Who may read it is asked at every request: no cache may answer for us.
func (s *fileStore) serve(c *fiber.Ctx, of content) error {
	c.Request().Header.Del(fiber.HeaderAcceptEncoding) // a part of a file can't be compressed, and most files are already
	if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), of.etag) {
		guardFile(c, of)
		return c.SendStatus(fiber.StatusNotModified)
	}
	from, length, err := part(c, of)
	if errors.Is(err, errNoRange) {
		guardFile(c, of)
		c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes */%d", of.size))
		return c.SendStatus(fiber.StatusRequestedRangeNotSatisfiable)
	}
	body, err := s.objects.Get(c.UserContext(), of.key, from, length)
	if err != nil {
		return err
	}
	guardFile(c, of)
	c.Set(fiber.HeaderContentDisposition, files.Disposition(of.kind, of.name))
	c.Set(fiber.HeaderContentType, of.typ)
	if length < of.size {
		c.Status(fiber.StatusPartialContent)
		c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes %d-%d/%d", from, from+length-1, of.size))
	}
	c.Response().SetBodyStream(body, int(length)) // closes it at its end
	return nil
}

// guardFile sends the headers of every answer about a file.
func guardFile(c *fiber.Ctx, of content) {
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; sandbox")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	c.Set(fiber.HeaderETag, of.etag)
	c.Set(fiber.HeaderAcceptRanges, "bytes")
}

var errNoRange = errors.New("projects: no such part of the file")

// part is where the part that was asked for begins, and how long it is, in bytes; the whole when none was, or when the
// file is another one than the browser has the beginning of. Of several parts, none is given but the whole.
func part(c *fiber.Ctx, of content) (from, length int64, err error) {
	asked := c.Get(fiber.HeaderRange)
	if on := c.Get(fiber.HeaderIfRange); asked == "" || strings.Contains(asked, ",") || on != "" && on != of.etag {
		return 0, of.size, nil
	}
	first, last, err := fasthttp.ParseByteRange([]byte(asked), int(of.size))
	if err != nil {
		return 0, 0, errNoRange
	}
	return int64(first), int64(last - first + 1), nil
}

// serveSmall answers with the small picture of a file; there is always little of it.
func (s *fileStore) serveSmall(c *fiber.Ctx, a Attachment) error {
	body, err := s.objects.Get(c.UserContext(), a.Small, 0, -1)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	raw, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("read a small picture: %w", err)
	}
	return s.serve(c, content{key: a.Small, name: "small.jpg", typ: "image/jpeg", size: int64(len(raw)), etag: `"s-` + a.SHA256 + `"`, kind: "inline"})
}

package projects

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/fault"
	"portal/app/feature"
	"portal/app/files"
	"portal/app/web"
)

type fileHandlers struct{ base }

// uploadMost is how much an upload may bring at all, in bytes: the largest file that the settings allow, and a form around it.
const uploadMost = 101 << 20

// fileRoutes are the routes of attached files.
func fileRoutes(b base) []feature.Route {
	const one, task, file = "/:id<int>", "/:id<int>/tasks/:number<int>", "/:id<int>/files/:file<int>"
	h := fileHandlers{b}
	upload := func(r feature.Route) feature.Route { r.Body = uploadMost; return r }
	read := func(r feature.Route) feature.Route { r.File = true; return r }
	return []feature.Route{
		feature.Get("project.see.files", one+"/files", "A project's files", h.list),
		upload(feature.Post("project.edit.file.add", one+"/files", "Attach files to a project", h.add)),
		upload(feature.Post("task.edit.file.add", task+"/files", "Attach files to a task", h.add)),
		upload(feature.Post("comment.edit.file.paste", one+"/files/paste", "Send a file for a text that is being written", h.paste)),
		feature.Get("comment.edit.file.form", one+"/comments/:comment<int>/files", "Form of a comment's files", h.form),
		upload(feature.Post("comment.edit.file.add", one+"/comments/:comment<int>/files", "Attach files to a comment", h.addToComment)),
		read(feature.Get("project.see.file.one", file, "Read a file", h.read)),
		feature.Get("project.see.file.small", file+"/small", "A small picture of a file", h.small),
		feature.Post("task.edit.file.delete", file+"/delete", "Move a file to the trash", h.delete),
		feature.Post("task.edit.file.restore", file+"/restore", "Take a file out of the trash", h.restore),
	}
}

func (h fileHandlers) list(c *fiber.Ctx) error {
	v, err := h.view(c)
	if err != nil {
		return err
	}
	web.Push(c, v.pageLink(v.rows.Page, v.rows.Size))
	return web.Show(c, web.Page{Title: v.Project.Name + ": files", Body: filesPage(v)})
}

// view is what the files tab shows.
func (h fileHandlers) view(c *fiber.Ctx) (filesView, error) {
	head, err := h.head(c, "files")
	if err != nil {
		return filesView{}, err
	}
	v := filesView{headView: head, most: h.files.most()}
	web.Query(c, &v.f)
	v.f.List = v.f.Tidy()
	v.rows, err = h.files.List(c.UserContext(), head.Project.ID, v.f)
	return v, err
}

// fileOf is the file of the address, which the viewer may read.
func (h fileHandlers) fileOf(c *fiber.Ctx) (attached, error) {
	head, err := h.head(c, "files")
	if err != nil {
		return attached{}, err
	}
	n, err := web.ID(c, "file")
	if err != nil {
		return attached{}, errNoFile()
	}
	return h.files.Get(c.UserContext(), head.heldProject, n)
}

func (h fileHandlers) read(c *fiber.Ctx) error {
	a, err := h.fileOf(c)
	if err != nil {
		return err
	}
	of := web.Content{
		Key: a.Object, Name: a.Name, Type: files.Served(a.Type), Size: a.Size, ETag: `"` + a.SHA256 + `"`, Inline: a.Picture() && c.Query("save") == "",
	}
	if files.Lies(a.Name, a.Type) && !a.Picture() {
		of.Type = files.Bytes
	}
	return web.Serve(c, h.files.objects, of)
}

func (h fileHandlers) small(c *fiber.Ctx) error {
	a, err := h.fileOf(c)
	if err != nil {
		return err
	}
	if a.Small == "" {
		return errNoFile()
	}
	return h.files.serveSmall(c, a.Attachment)
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
	return web.Serve(c, s.objects, web.Content{Key: a.Small, Name: "small.jpg", Type: "image/jpeg", Size: int64(len(raw)), ETag: `"s-` + a.SHA256 + `"`, Inline: true})
}

// sentFiles are the files of the form, in their order. The returned func closes them.
// Errors: fault.Unsupported for a body that brings no files; fault.Invalid for one that can't be read.
func sentFiles(c *fiber.Ctx) (all []sent, done func(), err error) {
	var open []io.Closer
	done = func() {
		for _, f := range open {
			_ = f.Close()
		}
	}
	if !strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEMultipartForm) {
		return nil, done, nil
	}
	m, err := c.MultipartForm()
	if err != nil {
		return nil, done, fault.Field("files", "The upload could not be read. Please send it again.").Because(err)
	}
	for _, head := range m.File["files"] {
		if head.Filename == "" && head.Size == 0 {
			continue // a browser sends this for a field that nothing was chosen in
		}
		f, err := openPart(head)
		if err != nil {
			done()
			return nil, func() {}, err
		}
		open = append(open, f)
		all = append(all, sent{head.Filename, head.Size, f})
	}
	return all, done, nil
}

func openPart(head *multipart.FileHeader) (multipart.File, error) {
	f, err := head.Open()
	if err != nil {
		return nil, errors.Join(errors.New("open an upload"), err)
	}
	return f, nil
}

// send keeps the files of the form, where the viewer may.
func (h fileHandlers) send(c *fiber.Ctx, to fileAt) ([]Attachment, error) {
	all, done, err := sentFiles(c)
	if err != nil {
		return nil, err
	}
	defer done()
	return h.files.Add(c.UserContext(), to, all)
}

// add attaches files to a project or a task.
func (h fileHandlers) add(c *fiber.Ctx) error {
	if c.Params("number") != "" {
		return h.addToTask(c)
	}
	head, err := h.head(c, "files")
	if err != nil {
		return err
	}
	if !head.mayWork(head.me) {
		return errNotTeam()
	}
	rows, err := h.send(c, fileAt{owner: owner{project: head.Project.ID}})
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooLarge) {
		return h.wrong(c, err, func() (web.Page, error) {
			v, viewErr := h.view(c)
			v.wrong = fault.Of(err).Public
			return web.Page{Title: v.Project.Name + ": files", Body: filesPage(v)}, viewErr
		})
	}
	if err != nil {
		return err
	}
	return answerFiles(c, rows, head.Project.Path()+"/files")
}

func (h fileHandlers) addToTask(c *fiber.Ctx) error {
	t, err := h.openTask(c)
	if err != nil {
		return err
	}
	if !t.mayTask(t.me, t.Task) {
		return errNotTeam()
	}
	rows, err := h.send(c, fileAt{owner: owner{t.Project.ID, t.Task.Number}})
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooLarge) {
		return h.wrong(c, err, func() (web.Page, error) {
			t.wrongFile = fault.Of(err).Public
			return web.Page{Title: t.Task.Name, Body: taskPage(t)}, nil
		})
	}
	if err != nil {
		return err
	}
	return answerFiles(c, rows, t.Task.Path())
}

// wrong shows the page with what stands against the files; a script gets the sentence alone.
func (h fileHandlers) wrong(c *fiber.Ctx, err error, page func() (web.Page, error)) error {
	if byScript(c) {
		return err
	}
	p, pageErr := page()
	if pageErr != nil {
		return pageErr
	}
	f := fault.Of(err)
	return web.Retry(c, &fault.Error{Kind: fault.Invalid, Public: f.Public, Fields: map[string]string{"files": f.Public}}, p)
}

// byScript reports whether our script sent the files, and not a form.
func byScript(c *fiber.Ctx) bool {
	return strings.HasPrefix(c.Get(fiber.HeaderAccept), fiber.MIMEApplicationJSON)
}

// shownSent is what our script is told of a file that it sent.
type shownSent struct {
	Name string `json:"name"`
	URL  string `json:"url"`
	Text string `json:"text"` // Markdown that shows the file
}

// answerFiles goes back to the page, or tells a script what to put into a text.
func answerFiles(c *fiber.Ctx, rows []Attachment, back string) error {
	if byScript(c) {
		all := []shownSent{}
		for _, a := range rows {
			all = append(all, shownSent{a.Name, a.Path(), a.Markdown()})
		}
		return c.JSON(all)
	}
	said := "“" + rows[0].Name + "” is attached."
	if len(rows) > 1 {
		said = "The files are attached."
	}
	return web.Done(c, web.Result{Back: back, Toast: said})
}

// paste keeps a file for a text that is being written.
func (h fileHandlers) paste(c *fiber.Ctx) error {
	head, err := h.head(c, "files")
	if err != nil {
		return err
	}
	rows, err := h.send(c, fileAt{owner: owner{project: head.Project.ID}, loose: true})
	if err != nil {
		return err
	}
	return answerFiles(c, rows, head.Project.Path()+"/files")
}

func (h fileHandlers) delete(c *fiber.Ctx) error  { return h.bin(c, true) }
func (h fileHandlers) restore(c *fiber.Ctx) error { return h.bin(c, false) }

// bin moves a file to the trash, or takes it back.
func (h fileHandlers) bin(c *fiber.Ctx, deleted bool) error {
	project, err := web.ID(c, "id")
	if err != nil {
		return errNoProject()
	}
	n, err := web.ID(c, "file")
	if err != nil {
		return errNoFile()
	}
	a, err := h.files.Delete(c.UserContext(), project, n, deleted)
	if err != nil {
		return err
	}
	r := web.Result{Back: backTo(c, projectPath(project)+"/files"), Toast: "“" + a.Name + "” is back."}
	if deleted {
		r.Toast, r.Undo = "“"+a.Name+"” is in the trash for 30 days.", a.Path()+"/restore"
	}
	return web.Done(c, r)
}

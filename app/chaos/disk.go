package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"portal/app/apptest/mariadb"
)

// onDisk is R03: a kill shows no missing fsync, since what the kernel holds outlives the process. So we watch the calls.
func onDisk(ctx context.Context, b *bed) ([]line, error) {
	i, err := b.ready(ctx, nil)
	if err != nil {
		return nil, err
	}
	s, p, err := i.staffed(ctx)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	project, err := p.project(ctx, "On the disk")
	if err != nil {
		return nil, err
	}
	t, err := b.trace(ctx, s.cmd.Process.Pid, "-e", "trace=fdatasync,fsync,read,write,recvfrom,sendto")
	if err != nil {
		return nil, err
	}
	all := newLedger()
	for n := range b.rounds {
		all.write(ctx, p, project, fmt.Sprintf("on the disk %d.", n))
	}
	writes, well := durable(t.end())
	lines := []line{{
		on:    "SQLite",
		saw:   fmt.Sprintf("%d of %d answers were sent after the log was written to the disk", well, writes),
		asked: "all of them", held: writes == b.rounds && well == writes,
	}}
	more, err := mariaOnDisk(ctx, b)
	return append(lines, more...), err
}

// mariaOnDisk asks MariaDB how it keeps what it has answered, and whether the portal warns of one that does not.
func mariaOnDisk(ctx context.Context, b *bed) ([]line, error) {
	strict, err := mariadb.StartDurable(ctx)
	if err != nil {
		return nil, err
	}
	defer strict.Stop()
	root, err := sql.Open("mysql", "root@tcp("+strict.Address()+")/")
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	var flush, sync string
	if err := root.QueryRowContext(ctx, "SELECT @@innodb_flush_log_at_trx_commit, @@sync_binlog").Scan(&flush, &sync); err != nil {
		return nil, err
	}
	loose, err := mariadb.Start(ctx)
	if err != nil {
		return nil, err
	}
	defer loose.Stop()
	warned := map[*mariadb.Server]int{}
	for _, db := range []*mariadb.Server{strict, loose} {
		i, err := b.ready(ctx, db)
		if err != nil {
			return nil, err
		}
		s, err := i.serve(ctx)
		if err != nil {
			return nil, err
		}
		warned[db] = s.log.times("changes can be lost")
		s.stop()
	}
	return []line{{
		on:    "MariaDB",
		saw:   fmt.Sprintf("%s/%s; warnings at the start %d, on a server that waits for no disk %d", flush, sync, warned[strict], warned[loose]),
		asked: "1/1, no warning; a loud one otherwise", held: flush == "1" && sync == "1" && warned[strict] == 0 && warned[loose] > 0,
	}}, nil
}

// diskFails is R04: the kernel says that it could not write, by strace, which works on programs in Go too.
func diskFails(ctx context.Context, b *bed) ([]line, error) {
	var lines []line
	for _, c := range []struct{ on, call string }{
		{"SQLite, EIO from fsync", "fsync,fdatasync:error=EIO:when=6+"},
		{"SQLite, ENOSPC from pwrite64", "pwrite64:error=ENOSPC:when=6+"},
	} {
		l, err := injected(ctx, b, c.on, c.call)
		lines = append(lines, l)
		if err != nil {
			return lines, err
		}
	}
	return lines, nil
}

// failClients write at once while the disk fails.
const failClients = 8

func injected(ctx context.Context, b *bed, on, call string) (line, error) {
	l := line{on: on, asked: "affected writes 503 or 507, none acknowledged that is not stored; all well afterwards without a restart"}
	i, err := b.ready(ctx, nil)
	if err != nil {
		return l, err
	}
	s, p, err := i.staffed(ctx)
	if err != nil {
		return l, err
	}
	defer s.stop()
	project, err := p.project(ctx, "Failing")
	if err != nil {
		return l, err
	}
	all := newLedger()
	t, err := b.trace(ctx, s.cmd.Process.Pid, "-e", "trace=fsync,fdatasync,pwrite64", "-e", "inject="+call)
	if err != nil {
		return l, err
	}
	beside(failClients, func(k int) {
		for n := range 15 {
			all.write(ctx, p, project, fmt.Sprintf("failing %d of %d.", n, k))
		}
	})
	page := p.get(ctx, project)
	t.end()
	during := codes(all.codes)
	failed := all.codes[503] + all.codes[507]
	clean := all.codes[500]+all.codes[0] == 0
	back, err := i.writesAgain(ctx, p, project, all)
	if err != nil {
		return l, fmt.Errorf("%s: %w: %s", on, err, s.log.last())
	}
	v, err := all.verify(ctx, i)
	if err != nil {
		return l, err
	}
	said, err := i.whole(ctx)
	l.saw = fmt.Sprintf("meanwhile %s, a page %d; afterwards it wrote again within %s; %s; database whole: %v", during, page.status, ms(back), v, said == "ok")
	l.held = v.held() && failed > 0 && clean && said == "ok" && s.alive() && back < 10*time.Second
	return l, err
}

// diskFull is R08: the data folder lies on a disk of 40 MB that is filled while people write and upload.
func diskFull(ctx context.Context, b *bed) ([]line, error) {
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("only root may mount a small disk, so this can't be tried")
	}
	i, err := b.on(ctx, nil)
	if err != nil {
		return nil, err
	}
	if out, err := exec.CommandContext(ctx, "mount", "-t", "tmpfs", "-o", "size=40m", "portal-chaos", i.data).CombinedOutput(); err != nil { //nolint:gosec // a folder of ours
		return nil, fmt.Errorf("this machine mounts no small disk, so this can't be tried: %s", bytes.TrimSpace(out))
	}
	defer func() { _ = exec.Command("umount", "-l", i.data).Run() }() //nolint:gosec // a folder of ours
	if err := i.add(ctx, "boss", "admin,user"); err != nil {
		return nil, err
	}
	s, p, err := i.staffed(ctx)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	project, err := p.project(ctx, "Filling")
	if err != nil {
		return nil, err
	}
	l, err := i.fill(ctx, s, p, project)
	return []line{l}, err
}

// fill lets the disk run full while many write and upload, and makes room again.
func (i *install) fill(ctx context.Context, s *server, p *person, project string) (line, error) {
	l := line{on: "SQLite on 40 MB", asked: "writes 503 or 507 in words, reads 200, no file without its row and no row without its file; room again: works without a restart"}
	ballast := filepath.Join(i.data, "ballast")
	all, uploads, reads := newLedger(), newCrowd(), newCrowd()
	var filled sync.Once
	beside(failClients, func(k int) {
		for n := range 40 {
			if n == 8 {
				filled.Do(func() { fillUp(ballast) })
			}
			all.write(ctx, p, project, fmt.Sprintf("filling %d of %d.", n, k))
			uploads.add(p.upload(ctx, project+"/files", fmt.Sprintf("f%d-%d.txt", k, n), bytes.Repeat([]byte("portal "), 15000)))
			reads.add(p.get(ctx, project))
		}
	})
	during, full := codes(all.codes), all.codes[503]+all.codes[507]
	clean := all.codes[500]+all.codes[0]+uploads.broken() == 0 && reads.of(http.StatusOK) == len(reads.took)
	said := fmt.Sprintf("meanwhile writes %s, uploads %s, reads %s", during, uploads, reads)
	if err := os.Remove(ballast); err != nil {
		return l, err
	}
	back, err := i.writesAgain(ctx, p, project, all)
	if err != nil {
		return l, err
	}
	again := p.upload(ctx, project+"/files", "again.txt", []byte("again"))
	v, err := all.verify(ctx, i)
	if err != nil {
		return l, err
	}
	noRow, noFile, err := i.files(ctx)
	if err != nil {
		return l, err
	}
	whole, err := i.whole(ctx)
	l.saw = fmt.Sprintf("%s; with room again a write after %s, an upload %d; %s; %d files without a row, %d rows without a file; database whole: %v",
		said, ms(back), again.status, v, noRow, noFile, whole == "ok")
	l.held = clean && full > 0 && v.held() && noRow+noFile == 0 && again.status == http.StatusSeeOther && whole == "ok" && s.alive()
	return l, err
}

// fillUp writes a file until no room is left.
func fillUp(path string) {
	f, err := os.Create(path) //nolint:gosec // a path of ours
	if err != nil {
		return
	}
	defer func() { _ = f.Close() }()
	for part := make([]byte, 64<<10); len(part) > 0; {
		if _, err := f.Write(part); err != nil {
			part = part[:len(part)/2] // the last bytes too
		}
	}
}

// upload sends a file as a browser does.
func (p *person) upload(ctx context.Context, path, name string, content []byte) answer {
	body, kind := form(p.token, name, content)
	return p.ask(ctx, http.MethodPost, path, bytes.NewReader(body), kind)
}

// form is the body of an upload and its type.
func form(token, name string, content []byte) ([]byte, string) {
	var body bytes.Buffer // it takes all, so nothing that is written into it fails
	w := multipart.NewWriter(&body)
	_ = w.WriteField("_csrf", token)
	head := textproto.MIMEHeader{}
	head.Set("Content-Disposition", fmt.Sprintf(`form-data; name="files"; filename=%q`, name))
	head.Set("Content-Type", "text/plain")
	if part, err := w.CreatePart(head); err == nil {
		_, _ = part.Write(content)
	}
	_ = w.Close()
	return body.Bytes(), w.FormDataContentType()
}

// files counts files that no row knows, and rows whose file is not there.
func (i *install) files(ctx context.Context) (noRow, noFile int, err error) {
	db, err := i.open()
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(ctx, "SELECT object FROM attachments")
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = rows.Close() }()
	known := map[string]bool{}
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return 0, 0, err
		}
		known[key] = true
	}
	there := map[string]bool{}
	root := filepath.Join(i.data, "files")
	err = filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			key, _ := filepath.Rel(root, path) // it lies below
			there[key] = true
			if !known[key] {
				noRow++
			}
		}
		return err
	})
	for key := range known {
		if !there[key] {
			noFile++
		}
	}
	return noRow, noFile, err
}

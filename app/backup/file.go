package backup

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// File is a backup that is read.
type File struct {
	Path     string
	Manifest Manifest

	zip   *zip.ReadCloser
	parts map[string]*zip.File
}

// manifestMost bounds how long a manifest may be, in bytes.
const manifestMost = 16 << 20

// tableName is how our tables are named.
var tableName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Open reads what the backup says of itself, and refuses a file that is none or is not whole.
// Errors: a sentence.
func Open(path string) (*File, error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		if errors.Is(err, zip.ErrFormat) {
			return nil, fmt.Errorf("%s is no backup of the portal, or a part of one only: its end is missing", path)
		}
		return nil, fmt.Errorf("the backup can't be opened: %w", err)
	}
	f := &File{Path: path, zip: z, parts: map[string]*zip.File{}}
	if err := f.read(); err != nil {
		_ = z.Close()
		return nil, err
	}
	return f, nil
}

// Close gives the file back.
func (f *File) Close() error { return f.zip.Close() }

// read checks that the file holds the parts that its manifest names, and nothing else.
func (f *File) read() error {
	for _, entry := range f.zip.File {
		if f.parts[entry.Name] != nil {
			return fmt.Errorf("%s is no backup of the portal: it holds %q twice", f.Path, entry.Name)
		}
		f.parts[entry.Name] = entry
	}
	entry := f.parts[manifestName]
	if entry == nil {
		return fmt.Errorf("%s is no backup of the portal: it has no manifest", f.Path)
	}
	r, err := entry.Open()
	if err != nil {
		return f.damaged(manifestName, err)
	}
	defer func() { _ = r.Close() }()
	raw, err := io.ReadAll(io.LimitReader(r, manifestMost))
	if err == nil {
		err = json.Unmarshal(raw, &f.Manifest)
	}
	if err != nil {
		return f.damaged(manifestName, err)
	}
	if f.Manifest.Format != format {
		return fmt.Errorf("%s is written in the format %d; this portal reads %d", f.Path, f.Manifest.Format, format)
	}
	return f.complete()
}

func (f *File) damaged(part string, err error) error {
	return fmt.Errorf("the backup is damaged: its part %s can't be read (%w)", part, err)
}

func (f *File) complete() error {
	named := map[string]bool{manifestName: true}
	for _, t := range f.Manifest.Tables {
		if !tableName.MatchString(t.Table) || t.Name != tablePart(t.Table) {
			return fmt.Errorf("%s is no backup of the portal: it names a table %q in %q", f.Path, t.Table, t.Name)
		}
		named[t.Name] = true
	}
	for _, p := range f.Manifest.Files {
		if !local(p.Name) {
			return fmt.Errorf("%s is no backup of the portal: it holds %q, which is no place for a file of the portal", f.Path, p.Name)
		}
		named[p.Name] = true
	}
	for name := range named {
		if f.parts[name] == nil {
			return fmt.Errorf("the backup is damaged: its part %s is missing", name)
		}
	}
	for name := range f.parts {
		if !named[name] {
			return fmt.Errorf("%s is no backup of the portal: it holds %q, which its manifest does not name", f.Path, name)
		}
	}
	return nil
}

// local reports whether the part's place is within one of the folders that belong to the portal.
func local(part string) bool {
	inner, ok := strings.CutPrefix(part, "files/")
	folder, rest, deep := strings.Cut(inner, "/")
	return ok && deep && rest != "" && slices.Contains(belonging, folder) && !strings.ContainsAny(inner, "\\\x00") && filepath.IsLocal(inner) && inner == filepath.ToSlash(filepath.Clean(inner))
}

// Sums reads every part and compares it with the sum that the manifest has of it, and then the whole file with its seal.
// Errors: a sentence that names each part that is not what was backed up, or says that the file is not as it was written.
func (f *File) Sums(progress Progress) error {
	all := slices.Clone(f.Manifest.Files)
	for _, t := range f.Manifest.Tables {
		all = append(all, t.Part)
	}
	var wrong []string
	for i, p := range all {
		if progress != nil {
			progress("Reading the backup", i+1, len(all))
		}
		if err := f.part(p, func(io.Reader) error { return nil }); err != nil {
			wrong = append(wrong, p.Name)
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("the backup is damaged: what %s holds is not what was backed up; use another backup", strings.Join(wrong, ", "))
	}
	return sealed(f.Path)
}

// part gives the content to use, and checks after it that this was all of it, as it was backed up.
func (f *File) part(p Part, use func(io.Reader) error) error {
	r, err := f.parts[p.Name].Open()
	if err != nil {
		return f.damaged(p.Name, err)
	}
	defer func() { _ = r.Close() }()
	sum, size := sha256.New(), &tally{}
	content := io.TeeReader(io.LimitReader(r, p.Bytes+1), io.MultiWriter(sum, size))
	if err := use(content); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, content); err != nil {
		return f.damaged(p.Name, err)
	}
	if size.n != p.Bytes || hex.EncodeToString(sum.Sum(nil)) != p.SHA256 {
		return f.damaged(p.Name, errors.New("its content is not what was backed up"))
	}
	return nil
}

package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
)

// sealDigits is how long a seal is: the last bytes of each backup are the SHA-256 of all bytes before them, in
// lower-case hexadecimal digits. They are a part of the zip's comment, which begins with sealWord:
// “head -c -64 FILE | sha256sum” and “tail -c 64 FILE” say the same of a whole one.
const sealDigits = 2 * sha256.Size

const sealWord = "sha256:"

// seal writes the sum over the file into the room that its comment has for it.
func seal(f *os.File) error {
	sum, end, err := sumOf(f)
	if err == nil {
		_, err = f.WriteAt([]byte(sum), end)
	}
	if err != nil {
		return fmt.Errorf("seal the backup: %w", err)
	}
	return nil
}

// sealed refuses a file of which any byte is not as it was written.
// Errors: a sentence.
func sealed(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	defer func() { _ = f.Close() }()
	sum, end, err := sumOf(f)
	kept := make([]byte, sealDigits)
	if err == nil {
		_, err = f.ReadAt(kept, end)
	}
	if err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	if string(kept) != sum {
		return errors.New("the backup is damaged: the file is not as it was written, its sum over all is another one; use another backup")
	}
	return nil
}

// sumOf is the sum over all but the seal, and where the seal begins.
func sumOf(f *os.File) (sum string, end int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return "", 0, err
	}
	if end = info.Size() - sealDigits; end < 0 {
		return "", 0, io.ErrUnexpectedEOF
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(f, 0, end)); err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(h.Sum(nil)), end, nil
}

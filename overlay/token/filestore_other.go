//go:build !unix

package token

import (
	"io/fs"
	"os"
	"time"
)

const (
	replaceTries = 20
	replacePause = 25 * time.Millisecond
)

// replaceFile tries again if it fails: Windows does not replace a file while another
// process, such as a virus scanner, has it open.
func replaceFile(path string, data []byte) error {
	err := replaceOnce(path, data)
	for try := 1; err != nil && try < replaceTries; try++ {
		<-time.After(replacePause)
		err = replaceOnce(path, data)
	}
	return err
}

// keepOwner does nothing: the access list of the folder decides.
func keepOwner(*os.File, fs.FileInfo) {}

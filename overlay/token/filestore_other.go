//go:build !unix

package token

import (
	"io/fs"
	"time"
)

const (
	replaceTries = 20
	replacePause = 25 * time.Millisecond
)

// replaceFile tries again if it fails: Windows does not replace a file while another
// process, such as a virus scanner, has it open.
func replaceFile(path string, data []byte, keepMode bool) error {
	err := replaceOnce(path, data, keepMode)
	for try := 1; err != nil && try < replaceTries; try++ {
		<-time.After(replacePause)
		err = replaceOnce(path, data, keepMode)
	}
	return err
}

// isForeign is false: the access list of the folder decides.
func isForeign(fs.FileInfo) bool { return false }

// isReadOnly is false: writing fails where it is not possible.
func isReadOnly(string) bool { return false }

// isInVolume is false: kubelet makes these links on Unix.
func isInVolume(string) bool { return false }

package redisstore

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// Key encrypts entries.
type Key struct {
	// ID names the key in the entries: 1 to 50 of A-Z, a-z, 0-9, _ and -. Never use it for
	// another key.
	ID string

	Secret api.Secret // 32 random bytes
}

const (
	keySize  = 32 // AES-256
	idSize   = 50
	idDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

	checkSize = 4

	format = "1" // of values: format, label and the sealed content, separated by colons
)

// keyring encrypts with its first key.
type keyring struct {
	first string
	all   map[string]cipher.AEAD // by label
}

// label is the ID and a check of the secret, so that a process with a wrong secret gets an
// error, like one without the key.
func (k Key) label() string {
	check := hmac.New(sha256.New, []byte(k.Secret.Reveal()))
	_, _ = check.Write([]byte("hotcold redisstore label"))
	return k.ID + "." + hex.EncodeToString(check.Sum(nil)[:checkSize])
}

func newKeyring(keys []Key) (keyring, error) {
	ring := keyring{all: map[string]cipher.AEAD{}}
	if len(keys) == 0 {
		return ring, errors.New("redisstore: no key: Redis must not hold tokens that are not encrypted")
	}
	ring.first = keys[0].label()
	for i, key := range keys {
		secret := []byte(key.Secret.Reveal())
		switch {
		case key.ID == "" || len(key.ID) > idSize || strings.Trim(key.ID, idDigits) != "":
			return ring, fmt.Errorf("redisstore: the ID %q of a key does not have 1 to %d of A-Z, a-z, 0-9, _ and -", key.ID, idSize)
		case slices.ContainsFunc(keys[:i], func(earlier Key) bool { return earlier.ID == key.ID }):
			return ring, fmt.Errorf("redisstore: two keys have the ID %s", key.ID)
		case len(secret) != keySize:
			return ring, fmt.Errorf("redisstore: the key %s has %d bytes instead of %d", key.ID, len(secret), keySize)
		}
		block, err := aes.NewCipher(secret)
		if err != nil {
			return ring, fmt.Errorf("redisstore: the key %s: %w", key.ID, err)
		}
		if ring.all[key.label()], err = cipher.NewGCMWithRandomNonce(block); err != nil {
			return ring, fmt.Errorf("redisstore: the key %s: %w", key.ID, err)
		}
	}
	return ring, nil
}

// seal encrypts the content of an entry and binds it to its name.
func (k keyring) seal(name string, content []byte) string {
	head := format + ":" + k.first + ":"
	return string(k.all[k.first].Seal([]byte(head), nil, content, []byte(head+name))) //nolint:gosec // the library makes the nonce
}

// open returns the content of an entry. It is nil if there is none, or one that was
// damaged or copied from another name, which counts as none. An unknown key is an error:
// to overwrite the entry would throw out the processes that have the key.
func (k keyring) open(name, value string) ([]byte, error) {
	version, rest, _ := strings.Cut(value, ":")
	label, sealed, found := strings.Cut(rest, ":")
	if !found || version != format {
		return nil, nil
	}
	key := k.all[label]
	if key == nil {
		id, _, _ := strings.Cut(label, ".")
		return nil, fmt.Errorf("redisstore: the entry %s was encrypted with the key %q, which is not in Config.Keys or has another secret there: "+
			"correct Config.Keys, or delete the entry", name, id)
	}
	content, err := key.Open(nil, nil, []byte(sealed), []byte(version+":"+label+":"+name))
	if err != nil {
		return nil, nil //nolint:nilerr // damaged
	}
	return content, nil
}

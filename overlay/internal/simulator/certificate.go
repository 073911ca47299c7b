package simulator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"sync"
	"time"
)

// domain is the domain of simulators in memory. The top-level domain "test" is
// reserved, so none of the names exists.
const domain = "simulator.test"

// identity is the certificate authority of this process and the server certificate
// that all its simulators share.
type identity struct {
	caPEM []byte
	roots *x509.CertPool
	leaf  tls.Certificate
}

// processIdentity makes the certificates on first use.
var processIdentity = sync.OnceValues(newIdentity)

// The certificates are valid in a testing/synctest bubble too, where time starts in
// 2000, and long after now, for Advance.
var (
	notBefore = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	notAfter  = time.Date(2150, 1, 1, 0, 0, 0, 0, time.UTC)
)

func newIdentity() (*identity, error) {
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "simulator CA"},
		NotBefore:    notBefore, NotAfter: notAfter,
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign,
	}
	server := &x509.Certificate{
		SerialNumber: big.NewInt(2),
		Subject:      pkix.Name{CommonName: "simulator"},
		NotBefore:    notBefore, NotAfter: notAfter,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    []string{"localhost", "*." + domain},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("simulator: make a key: %w", err)
	}
	serverKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("simulator: make a key: %w", err)
	}
	authorityDER, err := x509.CreateCertificate(rand.Reader, authority, authority, authorityKey.Public(), authorityKey)
	if err != nil {
		return nil, fmt.Errorf("simulator: make the CA: %w", err)
	}
	serverDER, err := x509.CreateCertificate(rand.Reader, server, authority, serverKey.Public(), authorityKey)
	if err != nil {
		return nil, fmt.Errorf("simulator: make the certificate: %w", err)
	}
	made := &identity{
		caPEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authorityDER}),
		roots: x509.NewCertPool(),
		leaf:  tls.Certificate{Certificate: [][]byte{serverDER}, PrivateKey: serverKey},
	}
	made.roots.AppendCertsFromPEM(made.caPEM)
	return made, nil
}

package token

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
)

// isUntrusted tells that the server's certificate was refused. Nothing was sent to it,
// and waiting does not make a certificate good.
func isUntrusted(err error) bool {
	var refused *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &refused) || errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid)
}

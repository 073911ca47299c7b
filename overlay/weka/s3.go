package weka

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
)

// FindS3Bucket returns the bucket with that name (operation getS3Buckets), with its limit
// and usage in bytes, or [ErrNotFound].
func (c *Client) FindS3Bucket(ctx context.Context, name string, options ...CallOption) (*wekaapi.S3Bucket, error) {
	all, err := c.S3.GetBuckets(ctx, options...)
	if err != nil {
		return nil, err
	}
	return find(all.Buckets, nil, wekaapi.OpGetS3Buckets, "bucket "+strconv.Quote(name), func(b *wekaapi.S3Bucket) bool { return b.Name == name })
}

// EnsureS3Bucket makes sure that a bucket exists, and returns it (operations createS3Bucket
// and getS3Buckets). An existing one is not changed, whatever else the body says; its
// policy and quota have operations of their own.
func (c *Client) EnsureS3Bucket(ctx context.Context, body wekaapi.CreateS3BucketBody) (*wekaapi.S3Bucket, error) {
	there, err := c.FindS3Bucket(ctx, body.BucketName)
	if !errors.Is(err, ErrNotFound) {
		return there, err
	}
	if err := c.S3.CreateBucket(ctx, body); err != nil && !errors.Is(err, ErrAlreadyExists) {
		return nil, err
	}
	return c.FindS3Bucket(ctx, body.BucketName)
}

// ListS3Policies returns the names of the policies for S3 users (operation getS3Policies),
// including the built-in ones.
func (c *Client) ListS3Policies(ctx context.Context, options ...CallOption) ([]string, error) {
	response, err := c.S3.GetPolicies(ctx, options...)
	if err != nil {
		return nil, err
	}
	var list struct {
		Policies []string `json:"policies"`
	}
	if err := json.Unmarshal(response, &list); err != nil {
		o := wekaapi.OpGetS3Policies
		return nil, &Error{Operation: o.ID(), Method: o.Method(), Path: o.Path(), Class: ErrMalformedResponse, Err: err}
	}
	return list.Policies, nil
}

// ParseS3Policy parses a JSON policy document, as AWS has them, for the PolicyFileContent
// of S3.CreatePolicy, S3.SetBucketPolicyJSON, S3.CreateBucket and S3.CreateServiceAccount.
// If it is not a JSON object, the error is [ErrInvalidArgument].
func ParseS3Policy(document []byte) (map[string]any, error) {
	var policy map[string]any
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber() // a float64 would change numbers beyond 2^53
	if err := decoder.Decode(&policy); err != nil {
		return nil, fmt.Errorf("weka: %w: the policy is not JSON: %w", ErrInvalidArgument, err)
	}
	if policy == nil || decoder.More() {
		return nil, fmt.Errorf("weka: %w: the policy is not one JSON object", ErrInvalidArgument)
	}
	return policy, nil
}

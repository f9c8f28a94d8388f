#!/bin/sh
# nginx's own processes join the group of Jarchy's image (10001), which may read the files that are served.
set -e
getent group 10001 > /dev/null || groupadd --gid 10001 jarchy
usermod --append --groups 10001 nginx

"""文件读写不成 — why the system refuses a file, in Chinese; its own words are English."""

import errno

_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹", errno.EISDIR: "这是文件夹，不是文件", errno.ENOTDIR: "路径里有一段不是文件夹",
    errno.EACCES: "没有权限", errno.EPERM: "没有权限", errno.EROFS: "这里只能读", errno.ENOSPC: "磁盘满了",
    errno.EEXIST: "已有同名的文件", errno.ENAMETOOLONG: "文件名太长", errno.EBUSY: "文件正被别的程序占用",
}  # fmt: skip


def system_said(error: OSError) -> str:
    """为什么不成 — the reason for people; an unknown one by its number."""
    return _REASONS.get(error.errno or 0, f"系统错误 {error.errno}")

"""HTTP of the portal, 健保卡網路服務註冊: one module for each part of it."""

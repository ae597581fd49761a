;; What an invitee does in Gnus: open a mail of an IMAP inbox, note what is shown, answer it.
;; Runs in `emacs --batch`; what it needs to know stands in the environment.

(set-language-environment "UTF-8")
(global-font-lock-mode -1)              ; highlighting needs a window, and batch has none

(setq home (file-name-as-directory (getenv "HOME"))
      host (getenv "GNUS_HOST")
      user-full-name (getenv "GNUS_NAME")
      user-mail-address (getenv "GNUS_ADDRESS")
      mail-host-address "desk.example.org"
      auth-sources (list (getenv "GNUS_AUTHINFO"))
      gnus-home-directory home
      gnus-directory home
      message-directory home
      gnus-init-file nil
      gnus-startup-file (expand-file-name "newsrc" home)
      gnus-use-dribble-file nil
      gnus-save-newsrc-file nil
      gnus-read-newsrc-file nil
      gnus-select-method '(nnnil "")
      gnus-message-archive-group nil
      gnus-interactive-exit nil
      gnus-expert-user t
      gnus-novice-user nil
      gnus-treat-highlight-citation nil
      gnus-message-highlight-citation nil
      message-auto-save-directory nil
      message-confirm-send nil
      message-signature nil
      send-mail-function 'smtpmail-send-it
      message-send-mail-function 'smtpmail-send-it
      smtpmail-smtp-server host
      smtpmail-smtp-service (string-to-number (getenv "GNUS_SMTP_PORT"))
      smtpmail-stream-type nil
      smtpmail-local-domain "example.org")

(require 'gnus)
(require 'gnus-sum)
(require 'gnus-icalendar)
(require 'message)
(require 'nnimap)
(require 'nsm)
(require 'smtpmail)
(gnus-icalendar-setup)
;; Nobody is there to be asked whether a connection may be a plain one; in batch that counts as a no.
(advice-add 'nsm-check-plain-connection :override (lambda (process &rest _) process))
(gnus)

(gnus-group-read-ephemeral-group
 "INBOX"
 `(nnimap "world"
          (nnimap-address ,host)
          (nnimap-server-port ,(string-to-number (getenv "GNUS_IMAP_PORT")))
          (nnimap-stream network)
          (nnimap-authenticator login))
 t nil nil nil nil)

(gnus-summary-goto-article
 (mail-header-number (gnus-id-to-header (getenv "GNUS_MESSAGE_ID"))))

(with-current-buffer gnus-article-buffer
  (let ((coding-system-for-write 'utf-8))
    (write-region (buffer-substring-no-properties (point-min) (point-max)) nil (getenv "GNUS_SEEN"))))

(let ((gesture (getenv "GNUS_GESTURE")))
  (cond ((equal gesture "accept") (gnus-icalendar-reply-accept))
        ((equal gesture "decline") (gnus-icalendar-reply-decline))
        ((equal gesture "tentative") (gnus-icalendar-reply-tentative))
        ((equal gesture "write")
         (gnus-summary-reply-with-original nil)
         (message-goto-body)
         (insert (getenv "GNUS_WORDS") "\n")
         (message-send-and-exit))))

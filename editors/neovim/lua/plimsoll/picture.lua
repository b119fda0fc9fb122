-- :PlimsollPicture

local server = require('plimsoll.client')

local M = {}

---Shows the layers of a Dockerfile as a picture, as a code lens of it does.
function M.open()
  local bufnr, client = server.current()
  if bufnr and client then
    local command = { title = 'picture', command = 'plimsoll.showPicture', arguments = { vim.uri_from_bufnr(bufnr) } }
    client:exec_cmd(command, { bufnr = bufnr })
  end
end

return M

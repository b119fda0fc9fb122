-- A server that ends by itself is started again, a few times.

local server = require('plimsoll.client')

local M = {}

-- After this many crashes within three minutes it stays down until it is asked for.
local ALLOWED = 4
local WINDOW_MS = 3 * 60 * 1000

---When it crashed, as far back as it counts.
---@type number[]
local crashes = {}

-- What Neovim sends to a server that it ends by force.
local SIGTERM = 15

---What the configuration's `on_exit` calls.
---@param code integer
---@param signal integer
---@param client_id integer
function M.ended(code, signal, client_id)
  local client = vim.lsp.get_client_by_id(client_id)
  if not client or (code == 0 and (signal == 0 or signal == SIGTERM)) then
    return
  end
  local buffers = vim.tbl_keys(client.attached_buffers)
  -- Neovim forgets the client in what it has scheduled meanwhile; a new one must not be taken for it.
  vim.schedule(vim.schedule_wrap(function()
    if vim.v.exiting ~= vim.NIL or not client.initialized then
      return
    end
    local now = vim.uv.now()
    crashes = vim.tbl_filter(function(time)
      return now - time <= WINDOW_MS
    end, crashes)
    table.insert(crashes, now)
    if #crashes > ALLOWED then
      local message = 'the server ended by itself %d times in three minutes and stays down; :PlimsollRestart starts it'
      server.tell(message:format(#crashes), vim.log.levels.ERROR)
      return
    end
    server.tell('the server ended by itself and is started again', vim.log.levels.WARN)
    require('plimsoll.server').start(buffers, client.root_dir)
  end))
end

return M

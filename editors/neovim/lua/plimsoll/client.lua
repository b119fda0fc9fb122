-- The server of a Dockerfile, and what it is asked.

local M = {}

---@param message string
---@param level? integer
function M.tell(message, level)
  vim.notify('plimsoll: ' .. message, level or vim.log.levels.INFO)
end

---The Dockerfile that a command is about: the one in the current window, else the last one that was.
---@return integer? bufnr
function M.dockerfile()
  local found, used = nil, -1
  for _, info in ipairs(vim.fn.getbufinfo({ bufloaded = 1 })) do
    if vim.bo[info.bufnr].filetype == 'dockerfile' and vim.bo[info.bufnr].buftype == '' then
      if info.bufnr == vim.api.nvim_get_current_buf() then
        return info.bufnr
      end
      if info.lastused > used then
        found, used = info.bufnr, info.lastused
      end
    end
  end
  return found
end

---The Dockerfile and its server; what is missing is told.
---@return integer? bufnr
---@return vim.lsp.Client? client
function M.current()
  local bufnr = M.dockerfile()
  if not bufnr then
    M.tell('open a Dockerfile first', vim.log.levels.WARN)
    return
  end
  local client = vim.lsp.get_clients({ bufnr = bufnr, name = 'plimsoll' })[1]
  if not client then
    M.tell('the server is not attached to this Dockerfile; see :checkhealth plimsoll', vim.log.levels.WARN)
    return
  end
  return bufnr, client
end

---Has the server run one of its commands on a Dockerfile. What goes wrong is told, and `done` isn't called.
---@param client vim.lsp.Client
---@param bufnr integer
---@param command string
---@param argument any
---@param done fun(result: table)
function M.run(client, bufnr, command, argument, done)
  local params = { command = command, arguments = { vim.uri_from_bufnr(bufnr), argument } }
  local sent = client:request('workspace/executeCommand', params, function(err, result)
    if err or not result then
      M.tell(err and err.message or 'the server has no answer', vim.log.levels.ERROR)
    else
      done(result)
    end
  end, bufnr)
  if not sent then
    M.tell('the server has ended; :PlimsollRestart starts it anew', vim.log.levels.ERROR)
  end
end

---The name of a file as a person would say it.
---@param uri string
---@return string
function M.name_of(uri)
  return vim.fn.fnamemodify(vim.uri_to_fname(uri), ':~:.')
end

---A buffer that shows something and isn't a file. One of the same name is taken again.
---@param name string
---@param filetype string
---@return integer bufnr
function M.scratch(name, filetype)
  local bufnr = vim.fn.bufadd(name)
  vim.fn.bufload(bufnr)
  vim.bo[bufnr].buftype = 'nofile'
  vim.bo[bufnr].bufhidden = 'wipe'
  vim.bo[bufnr].swapfile = false
  vim.bo[bufnr].filetype = filetype
  return bufnr
end

---@param bufnr integer
---@param lines string[]
function M.fill(bufnr, lines)
  vim.bo[bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, lines)
  vim.bo[bufnr].modifiable = false
  vim.bo[bufnr].modified = false
end

return M
